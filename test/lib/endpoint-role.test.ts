import { Match, type Template } from 'aws-cdk-lib/assertions';
import { aPackage } from '../../product-template/test/support/fixtures';
import { stageTemplate } from '../../product-template/test/support/synth';
import type { Statement } from '../support/policies';
import { provisioned } from '../support/product-template';
import { synthesize } from '../support/synth';

const ROLE = /^EndpointRole[0-9A-F]{8}$/;

let template: Template;

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

/** What the role may do. */
function statements(): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => (Properties.Roles as { Ref: string }[]).some(({ Ref }) => ROLE.test(Ref)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

test("an endpoint's model names the role that is made here", () => {
  const roles = Object.values(template.findResources('AWS::IAM::Role', { Properties: { RoleName: Match.anyValue() } }));
  expect(roles.map(({ Properties }) => provisioned(Properties.RoleName, {}))).toEqual([
    'mlflow-mlops-endpoint-us-east-1',
  ]);
  const models = Object.values(
    stageTemplate('Staging', [aPackage(1, '1', 'Staging')]).findResources('AWS::SageMaker::Model'),
  );
  expect(models.map(({ Properties }) => provisioned(Properties.ExecutionRoleArn, {}))).toEqual([
    'arn:aws:iam::111111111111:role/mlflow-mlops-endpoint-us-east-1',
  ]);
});

test('SageMaker alone takes it, and it has no policy of AWS', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    RoleName: Match.anyValue(),
    AssumeRolePolicyDocument: {
      Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' } }],
    },
    ManagedPolicyArns: Match.absent(),
    Policies: Match.absent(),
  });
});

test('it reads models and images and writes logs and metrics of endpoints, and that is all', () => {
  const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^Artifacts[0-9A-F]{8}$/), 'Arn'] };
  const arn = (...parts: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...parts]] });
  const region = { Ref: 'AWS::Region' };
  const ownAccount = { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } };
  expect(statements()).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: { 'Fn::Join': ['', [bucket, '/models/*']] },
      Condition: { StringEquals: ownAccount },
    },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucket,
      Condition: { StringEquals: ownAccount, StringLike: { 's3:prefix': 'models/*' } },
    },
    {
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: arn(':ecr:', region, ':*:repository/*'),
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      Resource: arn(':logs:', region, ':', { Ref: 'AWS::AccountId' }, ':log-group:/aws/sagemaker/Endpoints/*'),
    },
    {
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    },
  ]);
});
