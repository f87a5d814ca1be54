import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { buildCommands, MLFLOW_VERSION } from '../../lib/python-function-image/build-commands';
import { PythonFunctionImage } from '../../lib/python-function-image/python-function-image';

let template: Template;

beforeAll(() => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
  new PythonFunctionImage(stack, 'PythonFunctionImage');
  template = Template.fromStack(stack);
}, 60_000);

/** Statements of the policy of the role whose id begins so. */
function statements(role: string): { Action: string | string[]; Resource: unknown }[] {
  const [, policy] =
    Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) => id.startsWith(role)) ?? [];
  return policy?.Properties.PolicyDocument.Statement;
}

test('the image has the MLflow that the project is tested with', () => {
  const requirements = readFileSync(join(__dirname, '..', '..', 'sandbox', 'requirements.in'), 'utf8');
  expect(requirements).toContain(`mlflow==${MLFLOW_VERSION}\n`);
  expect(JSON.stringify(buildCommands().install)).toContain(`mlflow==${MLFLOW_VERSION}`);
});

test('CodeBuild builds it, and its URI goes where the sync looks for it', () => {
  template.hasResourceProperties('AWS::CodeBuild::Project', {
    Environment: Match.objectLike({
      PrivilegedMode: true,
      EnvironmentVariables: Match.arrayWith([
        Match.objectLike({ Name: 'PARAMETER', Value: '/mlflow-mlops/python_function_image_uri' }),
      ]),
    }),
  });
  expect(buildCommands().build.commands.join('\n')).toContain('put-parameter --name "$PARAMETER"');
});

test('other commands are another build: a deployment starts it', () => {
  template.hasResourceProperties('Custom::PythonFunctionImage', { Inputs: JSON.stringify(buildCommands()) });
});

test('the build may push to its repository and name the image, and its starter may start it', () => {
  const build = statements('PythonFunctionImageBuildRole');
  const onAnything = build.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  // Logging in to ECR takes no resource.
  expect(onAnything).toEqual(['ecr:GetAuthorizationToken']);
  const parameter = build.find(({ Action }) => [Action].flat().includes('ssm:PutParameter'));
  expect(JSON.stringify(parameter?.Resource)).toContain(':parameter/mlflow-mlops/python_function_image_uri"');
  const start = statements('PythonFunctionImageStartRole').filter(
    ({ Action }) => ![Action].flat().join().includes('logs:'),
  );
  expect(start.map(({ Action }) => Action)).toEqual(['codebuild:StartBuild']);
});
