import { statSync } from 'node:fs';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { MODEL_PIPELINE_STACK } from '../lib/deployment';
import { aPackage, BUILD_ENV, folderWith } from './support/fixtures';
import { synthesize } from './support/synth';

/** What CloudFormation takes as a template within a request (cloudformation-limits). */
const TEMPLATE_MAX = 51_200;

let assembly: CloudAssembly;

beforeAll(() => {
  assembly = new CloudAssembly(synthesize(BUILD_ENV, folderWith([aPackage(1, '1', 'Staging')])).outdir);
});

const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}-\${AWS::Region}`;

test('the pipeline updates its stack with roles of MLflow-MLOps: CloudFormation keeps the second one for the stack', () => {
  const stack = assembly.getStackArtifact(MODEL_PIPELINE_STACK);
  expect(stack.assumeRoleArn).toBe(role('mlflow-mlops-model-deploy'));
  expect(stack.cloudFormationExecutionRoleArn).toBe(role('mlflow-mlops-model-stack'));
});

test('the stacks with endpoints have a role that makes endpoints only', () => {
  const stacks = assembly.nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks);
  expect(
    stacks.map(({ assumeRoleArn, cloudFormationExecutionRoleArn }) => [assumeRoleArn, cloudFormationExecutionRoleArn]),
  ).toEqual(Array(2).fill([role('mlflow-mlops-model-deploy'), role('mlflow-mlops-model-endpoints')]));
});

test('an update publishes nothing: the template fits into the request', () => {
  const { dependencies, templateFullPath } = assembly.getStackArtifact(MODEL_PIPELINE_STACK);
  expect(dependencies).toEqual([]);
  expect(statSync(templateFullPath).size).toBeLessThan(TEMPLATE_MAX);
});
