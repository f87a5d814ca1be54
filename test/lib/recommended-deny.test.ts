import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../lib/project';
import { isAllowed, type PolicyDocument, type Principal, type Request } from '../support/simulate';

const EVERYTHING: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ACCOUNT = '111111111111';
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
/** What endpoints of MLflow-MLOps, their configurations and their models have. */
const deployed = { 'aws:ResourceTag/mlflow_environment': 'Production' };

/** Somebody whose policies allow everything, with the deny that the page recommends. */
function holder(): Principal {
  const page = readFileSync(join(PROJECT, 'docs', 'security.md'), 'utf8');
  const [, json = ''] = /### Deny for AmazonSageMakerFullAccess\n.*?```json\n(.*?)```/s.exec(page) ?? [];
  return { policies: [EVERYTHING, JSON.parse(json)] };
}

test.each<[string, Request]>([
  [
    'pushes to the repository of a model',
    { action: 'codecommit:GitPush', resource: arn('codecommit', 'sagemaker-mlflow-churn-deployment') },
  ],
  [
    'starts a build of a pipeline, with commands of its own',
    { action: 'codebuild:StartBuild', resource: arn('codebuild', 'project/sagemaker-mlflow-churn-pipeline-synth') },
  ],
  [
    'gives an endpoint another configuration',
    {
      action: 'sagemaker:UpdateEndpoint',
      resource: arn('sagemaker', 'endpoint/churn-3-production'),
      context: deployed,
    },
  ],
  [
    'takes the capacity from an endpoint',
    {
      action: 'sagemaker:UpdateEndpointWeightsAndCapacities',
      resource: arn('sagemaker', 'endpoint/churn-3-production'),
      context: deployed,
    },
  ],
  [
    'deletes an endpoint, to create one of its name',
    {
      action: 'sagemaker:DeleteEndpoint',
      resource: arn('sagemaker', 'endpoint/churn-3-production'),
      context: deployed,
    },
  ],
  [
    'deletes a configuration, to create one of its name',
    { action: 'sagemaker:DeleteEndpointConfig', resource: arn('sagemaker', 'endpoint-config/c'), context: deployed },
  ],
  [
    'deletes a model, to create one of its name',
    { action: 'sagemaker:DeleteModel', resource: arn('sagemaker', 'model/m'), context: deployed },
  ],
  [
    'takes the tag from an endpoint that the other statements go by',
    { action: 'sagemaker:DeleteTags', resource: arn('sagemaker', 'endpoint/churn-3-production'), context: deployed },
  ],
  [
    'creates a model that looks like one of a pipeline',
    {
      action: 'sagemaker:CreateModel',
      resource: arn('sagemaker', 'model/m'),
      context: { 'aws:RequestTag/mlflow_environment': 'Production' },
    },
  ],
  [
    'creates a configuration that looks like one of a pipeline',
    {
      action: 'sagemaker:CreateEndpointConfig',
      resource: arn('sagemaker', 'endpoint-config/c'),
      context: { 'aws:RequestTag/mlflow_environment': 'Production' },
    },
  ],
  [
    'runs code with the role of the endpoints',
    {
      action: 'iam:PassRole',
      resource: role('mlflow-mlops-endpoint-us-east-1'),
      context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    },
  ],
  ['deploys with a role for models', { action: 'iam:PassRole', resource: role('mlflow-mlops-model-stack-us-east-1') }],
  [
    'approves a version',
    { action: 'sagemaker:UpdateModelPackage', resource: arn('sagemaker', 'model-package/churn/3') },
  ],
  [
    'creates an approved package',
    { action: 'sagemaker:CreateModelPackage', resource: arn('sagemaker', 'model-package/churn/*') },
  ],
])('with the recommended deny, nobody %s', (_attack, request) => {
  expect(isAllowed({ policies: [EVERYTHING] }, request)).toBe(true);
  expect(isAllowed(holder(), request)).toBe(false);
});

test('what people do with models and endpoints of their own stays allowed', () => {
  for (const [action, resource] of [
    ['sagemaker:CreateModel', 'model/mine'],
    ['sagemaker:CreateEndpointConfig', 'endpoint-config/mine'],
    ['sagemaker:CreateEndpoint', 'endpoint/mine'],
    ['sagemaker:UpdateEndpoint', 'endpoint/mine'],
    ['sagemaker:DeleteEndpoint', 'endpoint/mine'],
    ['sagemaker:InvokeEndpoint', 'endpoint/churn-3-production'],
  ] as const) {
    expect([action, isAllowed(holder(), { action, resource: arn('sagemaker', resource) })]).toEqual([action, true]);
  }
  const own = { action: 'iam:PassRole', resource: role('AmazonSageMaker-ExecutionRole') };
  expect(isAllowed(holder(), own)).toBe(true);
});
