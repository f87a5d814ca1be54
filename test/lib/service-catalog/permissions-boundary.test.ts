import type { Template } from 'aws-cdk-lib/assertions';
import { actionsOf, covers, resourcesOf, type Statement } from '../../support/policies';
import { mutatedTemplate, productTemplates, provisioned, type Resource } from '../../support/product-template';
import { synthesize } from '../../support/synth';

let template: Template;
let templates: Map<string, Record<string, Resource>>;

beforeAll(() => {
  template = synthesize().scProduct;
  templates = productTemplates().set('a pipeline with stages', mutatedTemplate());
}, 120_000);

function boundary(): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
  const [policy] = policies.filter(
    ({ Properties }) =>
      provisioned(Properties.ManagedPolicyName, {}) === 'mlflow-mlops-model-pipeline-boundary-us-east-1',
  );
  return policy?.Properties.PolicyDocument.Statement;
}

function withinBoundary(action: string, resource: string): boolean {
  return boundary().some(
    (one) =>
      actionsOf(one).some((pattern) => covers(pattern, action)) &&
      resourcesOf(one).some((pattern) => covers(provisioned(pattern, {}), resource)),
  );
}

function ofType(resources: Readonly<Record<string, Resource>>, type: string): Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

test('every role of the product has the boundary', () => {
  for (const resources of templates.values()) {
    for (const { Properties } of ofType(resources, 'AWS::IAM::Role')) {
      expect(provisioned(Properties.PermissionsBoundary, resources)).toBe(
        'arn:aws:iam::111111111111:policy/mlflow-mlops-model-pipeline-boundary-us-east-1',
      );
      // The launch role could attach no managed policy, nor does the boundary know what is in it.
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  }
});

test('what roles of the product are granted is within the boundary, on the same resources', () => {
  for (const [version, resources] of templates) {
    const statements = ofType(resources, 'AWS::IAM::Policy').flatMap(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
    );
    expect(statements.length).toBeGreaterThan(10);
    for (const statement of statements) {
      for (const resource of resourcesOf(statement).map((node) => provisioned(node, resources))) {
        // CDK's self-mutation may assume any role with a bootstrap tag; the boundary leaves it the one that deploys models.
        const deploy = 'arn:aws:iam::111111111111:role/mlflow-mlops-model-deploy-us-east-1';
        const bounded = resource === 'arn:*:iam::111111111111:role/*' ? deploy : resource;
        const outside = actionsOf(statement).filter((action) => !withinBoundary(action, bounded));
        expect([version, bounded, outside]).toEqual([version, bounded, []]);
      }
    }
  }
});

test('no role can touch IAM, secrets, functions or packages, or do more with endpoints than ask them, whatever its policy says', () => {
  // Keys are used through S3 alone.
  const actions = boundary()
    .filter(({ Condition }) => Condition?.StringEquals?.['kms:ViaService'] === undefined)
    .flatMap(actionsOf);
  expect(
    actions.filter(
      (action) =>
        /^(iam|secretsmanager|lambda|ec2|kms|ssm):|:\*$/.test(action) ||
        /^sagemaker:(?!DescribeModelPackage$|ListModelPackages$|InvokeEndpoint$)/.test(action),
    ),
  ).toEqual([]);
});

test('on everything it allows lists only', () => {
  const everywhere = boundary().filter((one) => resourcesOf(one).includes('*'));
  expect(everywhere.flatMap(actionsOf).sort()).toEqual([
    'cloudformation:DescribeStacks',
    's3:ListBucket',
    'sagemaker:ListModelPackages',
  ]);
});

test('it allows no use of another pipeline, bucket or stack', () => {
  expect(withinBoundary('s3:GetObject', 'arn:aws:s3:::sagemaker-mlflow-us-east-1-111111111111/models/x')).toBe(false);
  expect(
    withinBoundary('codepipeline:StartPipelineExecution', 'arn:aws:codepipeline:us-east-1:111111111111:MLflow-MLOps'),
  ).toBe(false);
  expect(
    withinBoundary(
      'cloudformation:DeleteStack',
      'arn:aws:cloudformation:us-east-1:111111111111:stack/MlflowMlopsStack/1',
    ),
  ).toBe(false);
  expect(withinBoundary('sts:AssumeRole', 'arn:aws:iam::111111111111:role/Admin')).toBe(false);
});
