import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { launchRights } from '../../../lib/service-catalog/launch-rights';
import { actionsOf, covers, resourcesOf, type Statement } from '../../support/policies';
import { mutatedTemplate, productTemplates, provisioned, type Resource } from '../../support/product-template';
import { synthesize } from '../../support/synth';

let template: Template;
let templates: Map<string, Record<string, Resource>>;

beforeAll(() => {
  template = synthesize().scProduct;
  // The same rights are those of the role that CloudFormation updates a model's stack with.
  templates = productTemplates().set('a pipeline with stages', mutatedTemplate());
}, 120_000);

function statements(): Statement[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith('LaunchRole')) ?? [];
  return policy?.Properties.PolicyDocument.Statement;
}

/** Whether the launch role may do something with a resource of a provisioned product. */
function allowed(action: string, resource: string): boolean {
  return statements().some(
    (one) =>
      actionsOf(one).some((pattern) => covers(pattern, action)) &&
      resourcesOf(one).some((pattern) => covers(provisioned(pattern, {}), resource)),
  );
}

test('the launch role has rights for each type of resource that some version of the product makes, and for no other', () => {
  const made = [...templates.values()].flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
  expect([...new Set(made)].sort()).toEqual(Object.keys(launchRights(new Stack(), 'boundary')).sort());
});

test('it may make everything under the name that the product gives it', () => {
  for (const resources of templates.values()) {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      const name = provisioned({ Ref: id }, resources);
      const regional = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111111111111:${resource}`;
      const makes: Record<string, () => [action: string, resource: string]> = {
        'AWS::CloudFormation::CustomResource': () => [
          'lambda:InvokeFunction',
          provisioned(Properties.ServiceToken, resources),
        ],
        'AWS::CodeCommit::Repository': () => ['codecommit:CreateRepository', regional('codecommit', name)],
        'AWS::S3::Bucket': () => ['s3:CreateBucket', `arn:aws:s3:::${name}`],
        'AWS::S3::BucketPolicy': () => [
          's3:PutBucketPolicy',
          `arn:aws:s3:::${provisioned(Properties.Bucket, resources)}`,
        ],
        'AWS::IAM::Role': () => ['iam:CreateRole', `arn:aws:iam::111111111111:role/${name}`],
        'AWS::IAM::Policy': () => [
          'iam:PutRolePolicy',
          `arn:aws:iam::111111111111:role/${provisioned((Properties.Roles as unknown[])[0], resources)}`,
        ],
        'AWS::CodeBuild::Project': () => ['codebuild:CreateProject', regional('codebuild', `project/${name}`)],
        'AWS::CodePipeline::Pipeline': () => ['codepipeline:CreatePipeline', regional('codepipeline', name)],
        'AWS::Events::Rule': () => ['events:PutRule', regional('events', `rule/${name}`)],
      };
      const make = makes[Type]?.() ?? [Type, ''];
      expect([...make, allowed(...make)]).toEqual([...make, true]);
    }
  }
});

test('it touches no stack, role or function of anybody else', () => {
  expect(allowed('iam:CreateRole', 'arn:aws:iam::111111111111:role/Admin')).toBe(false);
  expect(allowed('codebuild:UpdateProject', 'arn:aws:codebuild:us-east-1:111111111111:project/MLflowMLOps')).toBe(
    false,
  );
  expect(allowed('codepipeline:DeletePipeline', 'arn:aws:codepipeline:us-east-1:111111111111:MLflow-MLOps')).toBe(
    false,
  );
  expect(allowed('events:DeleteRule', 'arn:aws:events:us-east-1:111111111111:rule/mlflow-mlops-pending')).toBe(false);
  const functions = statements().filter((one) => actionsOf(one).includes('lambda:InvokeFunction'));
  expect(
    functions
      .flatMap(resourcesOf)
      .map((arn) => provisioned(arn, {}))
      .sort(),
  ).toEqual([
    'arn:aws:lambda:us-east-1:111111111111:function:mlflow-mlops-create-webhook',
    'arn:aws:lambda:us-east-1:111111111111:function:mlflow-mlops-terminate-deployment',
  ]);
});

test('it gives roles rights below the boundary only', () => {
  const givesRights = /^iam:(CreateRole|Put|Attach|DeleteRolePermissionsBoundary|\*)/;
  const giving = statements().filter((one) => actionsOf(one).some((action) => givesRights.test(action)));
  expect(giving.flatMap(actionsOf).sort()).toEqual([
    'iam:CreateRole',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
  ]);
  for (const { Condition } of giving) {
    expect(provisioned(Condition?.StringEquals?.['iam:PermissionsBoundary'], {})).toBe(
      'arn:aws:iam::111111111111:policy/mlflow-mlops-model-pipeline-boundary-us-east-1',
    );
  }
});

test('it passes roles to the services that the product uses, and to no other', () => {
  const passing = statements().filter((one) => actionsOf(one).includes('iam:PassRole'));
  expect(passing.flatMap(({ Condition }) => Condition?.StringEquals?.['iam:PassedToService']).sort()).toEqual([
    'codebuild.amazonaws.com',
    'codepipeline.amazonaws.com',
    'events.amazonaws.com',
  ]);
});

test('on everything it may only look at templates and list repositories', () => {
  const everywhere = statements().filter(({ Resource, Condition }) => Resource === '*' && !Condition);
  expect(everywhere.flatMap(actionsOf).sort()).toEqual([
    'cloudformation:GetTemplateSummary',
    'cloudformation:ValidateTemplate',
    'codecommit:ListRepositories',
  ]);
  expect(
    statements()
      .flatMap(actionsOf)
      .filter((action) => /^\w+:\*$|^\*$/.test(action)),
  ).toEqual([]);
});
