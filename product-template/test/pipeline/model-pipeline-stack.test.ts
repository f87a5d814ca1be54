import { Match, Template } from 'aws-cdk-lib/assertions';
import { aPackage } from '../support/fixtures';
import { jsonOf, only, productStack, type Resource, seededStack, type TemplateJson } from '../support/synth';

let json: TemplateJson;
let template: Template;

beforeAll(() => {
  const stack = productStack();
  template = Template.fromStack(stack);
  json = jsonOf(stack);
});

const idOf = (start: string) => Object.keys(json.Resources).find((id) => id.startsWith(start)) ?? '';
/** What a resource waits for, by whatever way. */
function waitsFor(id: string, seen = new Set<string>()): Set<string> {
  const { Properties, DependsOn = [] } = json.Resources[id] as Resource;
  const referred = [...JSON.stringify(Properties ?? {}).matchAll(/"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)].map((m) => m[1]);
  for (const other of [...DependsOn, ...referred]) {
    if (other !== undefined && other in json.Resources && !seen.has(other)) {
      seen.add(other);
      waitsFor(other, seen);
    }
  }
  return seen;
}

describe("the product's template", () => {
  test('asks for the name of the model and nothing else', () => {
    expect(Object.keys(json.Parameters ?? {})).toEqual(['ModelName']);
    expect(json.Rules).toBeUndefined();
    template.hasParameter('ModelName', { Type: 'String', MinLength: 1, MaxLength: 256, AllowedPattern: '^[^/:]+$' });
    template.templateMatches({
      Metadata: {
        'AWS::CloudFormation::Interface': { ParameterLabels: { ModelName: { default: 'model_name' } } },
      },
    });
  });

  test('is whole without assets, and names no role: Service Catalog launches it with CAPABILITY_IAM', () => {
    expect(JSON.stringify(json)).not.toMatch(/cdk-hnb659fds-assets|\$\{|AssetParameters/);
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Properties.RoleName).toBeUndefined();
    }
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('deploys nothing yet', () => {
    const [, pipeline] = only(json, 'AWS::CodePipeline::Pipeline');
    expect((pipeline.Properties.Stages as { Name: string }[]).map(({ Name }) => Name)).toEqual([
      'Source',
      'Build',
      'UpdatePipeline',
    ]);
  });
});

test('is made in this order: enrolment; repository; bucket, rule; pipeline; termination', () => {
  const enrolment = idOf('Enrolment');
  const [repository] = only(json, 'AWS::CodeCommit::Repository');
  const [bucket] = only(json, 'AWS::S3::Bucket');
  const [pipeline] = only(json, 'AWS::CodePipeline::Pipeline');
  const rule = Object.keys(json.Resources).find((id) => /^Rule[0-9A-F]{8}$/.test(id)) ?? '';
  expect(waitsFor(enrolment).size).toBe(0);
  expect(waitsFor(repository)).toEqual(new Set([enrolment]));
  for (const id of [bucket, rule]) {
    expect(waitsFor(id)).toEqual(new Set([enrolment, repository]));
  }
  for (const id of [repository, bucket, rule]) {
    expect(waitsFor(pipeline).has(id)).toBe(true);
  }
  // Whatever could start or feed a run is still there when the termination stops it, and nothing comes after it.
  const others = Object.entries(json.Resources).filter(([, { Type }]) => Type !== 'AWS::S3::BucketPolicy');
  expect(waitsFor(idOf('Termination')).size).toBe(others.length - 1);
});

test('the pipeline runs as soon as it is made, so its builds have their rights before', () => {
  const [pipeline] = only(json, 'AWS::CodePipeline::Pipeline');
  const policies = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => !id.includes('Events'));
  expect(policies).toHaveLength(3);
  for (const policy of policies) {
    expect(waitsFor(pipeline).has(policy)).toBe(true);
  }
});

test('the enrolment is the shared function, and gives the names', () => {
  const enrolment = idOf('Enrolment');
  template.hasResourceProperties('AWS::CloudFormation::CustomResource', {
    ServiceToken: { 'Fn::Join': ['', Match.arrayWith([':function:mlflow-mlops-create-webhook'])] },
    ModelName: { Ref: 'ModelName' },
    ModelNameIsFixed: 'true',
  });
  const named = (attribute: string) => ({ 'Fn::GetAtt': [enrolment, attribute] });
  template.hasResourceProperties('AWS::CodeCommit::Repository', { RepositoryName: named('RepositoryName') });
  template.hasResourceProperties('AWS::CodePipeline::Pipeline', { Name: named('PipelineName') });
  template.hasResourceProperties('AWS::Events::Rule', { Name: named('RuleName') });
});

test('the repository begins with the seed, stays with its history, and goes if the launch fails', () => {
  template.hasResource('AWS::CodeCommit::Repository', {
    Properties: { Code: { BranchName: 'main', S3: { Bucket: 'seeds', Key: 'seed.zip' } } },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('the bucket has a name of its own, stays, and forgets', () => {
  template.hasResource('AWS::S3::Bucket', {
    Properties: {
      BucketName: Match.absent(),
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test("the rule hears of this group's syncs and packages; what it cannot deliver is kept", () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['mlflow-mlops', 'aws.sagemaker'],
      'detail-type': ['MLflow Model Sync Completed', 'SageMaker Model Package State Change'],
      detail: { ModelPackageGroupName: [{ 'Fn::GetAtt': [idOf('Enrolment'), 'GroupName'] }] },
    },
    Targets: [
      {
        Id: 'StartPipeline',
        Arn: { 'Fn::Join': ['', Match.arrayWith([':function:mlflow-mlops-start-pipeline'])] },
        Input: { 'Fn::GetAtt': [idOf('Enrolment'), 'StartPipelineInput'] },
        DeadLetterConfig: {
          Arn: { 'Fn::Join': ['', Match.arrayWith([':mlflow-mlops-start-pipeline-dead-letters'])] },
        },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 20 },
      },
    ],
  });
});

test('the termination knows all that it has to stop and delete', () => {
  const named = (attribute: string) => ({ 'Fn::GetAtt': [idOf('Enrolment'), attribute] });
  const stack = (environment: string) => ({
    'Fn::Join': ['', ['sagemaker-mlflow-', named('GroupName'), `-${environment}Stack-ModelDeploy`]],
  });
  template.hasResourceProperties('AWS::CloudFormation::CustomResource', {
    ServiceToken: { 'Fn::Join': ['', Match.arrayWith([':function:mlflow-mlops-terminate-deployment'])] },
    GroupName: named('GroupName'),
    RepositoryName: named('RepositoryName'),
    PipelineName: named('PipelineName'),
    RuleName: named('RuleName'),
    StackNames: [stack('Staging'), stack('Production')],
    KeepEndpoints: 'false',
  });
});

test('the pipeline: V2, the latest state only, stages in the order of the environments', () => {
  const seeded = jsonOf(seededStack([aPackage(1, '1', 'Staging')]));
  const [, { Properties }] = only(seeded, 'AWS::CodePipeline::Pipeline');
  expect(Properties).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'SUPERSEDED', RestartExecutionOnUpdate: true });
  const stages = Properties.Stages as { Name: string; Actions: { Name: string; Configuration: object }[] }[];
  expect(stages.map(({ Name, Actions }) => [Name, ...Actions.map((action) => action.Name)])).toEqual([
    ['Source', 'Source'],
    ['Build', 'Synth'],
    ['UpdatePipeline', 'SelfMutate'],
    ['StagingStack', 'Prepare', 'Deploy'],
    ['ProductionStack', 'Prepare', 'Deploy'],
  ]);
  expect(stages[3]?.Actions[0]?.Configuration).toMatchObject({
    StackName: 'sagemaker-mlflow-churn-StagingStack-ModelDeploy',
  });
  expect(stages[0]?.Actions[0]?.Configuration).toMatchObject({ BranchName: 'main', PollForSourceChanges: false });
});
