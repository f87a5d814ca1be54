import { aPackage } from '../support/fixtures';
import { jsonOf, productStack, seededStack, type TemplateJson } from '../support/synth';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

let json: TemplateJson;

beforeAll(() => {
  json = jsonOf(seededStack([aPackage(1, '1', 'Staging')]));
});

const ofType = (template: TemplateJson, type: string) =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
/** The statements of the role whose policy's id has this in it. */
function statements(part: string): Statement[] {
  const [found] = ofType(json, 'AWS::IAM::Policy').filter(([id]) => id.includes(part));
  const document = found?.[1].Properties.PolicyDocument as { Statement: Statement[] } | undefined;
  return document?.Statement ?? [];
}
const actionsOf = ({ Action }: Statement) => [Action].flat();
/** A resource as text: intrinsic functions are shown as what they refer to. */
function arn(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (join !== undefined) {
    return (join as [string, unknown[]])[1].map(arn).join('');
  }
  return `<${Ref ?? (attribute as string[]).join('.').replace(/[0-9A-F]{8}\./, '.')}>`;
}

test.each([
  ['the product', () => jsonOf(productStack())],
  ['the seeded application', () => json],
])('every role of %s has the boundary, and one service that may take it', (_, template) => {
  const roles = ofType(template(), 'AWS::IAM::Role');
  const services = roles.map(([, { Properties }]) => {
    expect(arn(Properties.PermissionsBoundary)).toBe(
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/mlflow-mlops-model-pipeline-boundary-<AWS::Region>',
    );
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    const { Statement } = Properties.AssumeRolePolicyDocument as {
      Statement: { Action: string; Principal: { Service?: string } }[];
    };
    expect(Statement).toHaveLength(1);
    return Statement[0]?.Principal.Service;
  });
  expect(services.sort()).toEqual([
    'codebuild.amazonaws.com',
    'codebuild.amazonaws.com',
    'codepipeline.amazonaws.com',
    'events.amazonaws.com',
  ]);
});

test("synth reads this group's packages, and deletes no stack but the two of the stages", () => {
  const about = statements('SynthCdkBuildProject').filter((one) =>
    actionsOf(one).some((action) => /^(sagemaker|cloudformation):/.test(action)),
  );
  const stacks = ['Production', 'Staging'].map(
    (environment) =>
      'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/' +
      `sagemaker-mlflow-<Enrolment.GroupName>-${environment}Stack-ModelDeploy/*`,
  );
  expect(about.map((one) => [actionsOf(one), [one.Resource].flat().map(arn)])).toEqual([
    [['sagemaker:ListModelPackages'], ['*']],
    [
      ['sagemaker:DescribeModelPackage'],
      ['arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:model-package/<Enrolment.GroupName>/*'],
    ],
    [['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'], stacks],
  ]);
});

test('synth can assume no role, and change nothing else', () => {
  const services = new Set(
    statements('SynthCdkBuildProject')
      .flatMap(actionsOf)
      .map((action) => action.split(':')[0]),
  );
  expect([...services].sort()).toEqual(['cloudformation', 'codebuild', 'logs', 's3', 'sagemaker']);
});

test('the pipeline reads its repository, runs its two builds, uses its bucket, and assumes the role that deploys', () => {
  const deploy = 'role/mlflow-mlops-model-deploy-<AWS::Region>';
  const found = statements('PipelineRoleDefaultPolicy').map((one) => [
    actionsOf(one)[0]?.split(':')[0],
    [one.Resource].flat().map(arn),
  ]);
  expect(found).toEqual([
    ['s3', ['<Artifacts.Arn>', '<Artifacts.Arn>/*']],
    ['codecommit', [expect.stringMatching(/:<Repository\.Name>$/)]],
    ['codebuild', [expect.stringMatching(/^<PipelineBuildSynth/), expect.stringMatching(/^<PipelineUpdatePipeline/)]],
    ['sts', [expect.stringContaining(deploy)]],
  ]);
});

test("the repository's event starts this pipeline and no other", () => {
  expect(statements('PipelineEventsRole').map((one) => [one.Action, arn(one.Resource)])).toEqual([
    [
      'codepipeline:StartPipelineExecution',
      expect.stringMatching(/^arn:<AWS::Partition>:codepipeline:<AWS::Region>:<AWS::AccountId>:<PipelineB4A40917>$/),
    ],
  ]);
});

test('self-mutation acts only through roles that it assumes', () => {
  const everywhere = statements('SelfMutation').filter(({ Resource }) =>
    [Resource].flat().some((one) => arn(one) === '*'),
  );
  expect(everywhere.flatMap(actionsOf)).toEqual(['cloudformation:DescribeStacks', 's3:ListBucket']);
  const [assume] = statements('SelfMutation').filter((one) => actionsOf(one).includes('sts:AssumeRole'));
  expect(assume?.Condition).toEqual({
    'ForAnyValue:StringEquals': {
      'iam:ResourceTag/aws-cdk:bootstrap-role': ['image-publishing', 'file-publishing', 'deploy'],
    },
  });
});
