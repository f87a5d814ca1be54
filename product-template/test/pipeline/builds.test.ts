import { STACK_NAME } from '../support/fixtures';
import { jsonOf, productStack, type Resource, seededStack, type TemplateJson } from '../support/synth';

let json: TemplateJson;
let enrolment: string;

beforeAll(() => {
  json = jsonOf(productStack());
  enrolment = Object.keys(json.Resources).find((id) => id.startsWith('Enrolment')) ?? '';
});

interface BuildSpec {
  readonly phases: { install: { commands: string[] }; build: { commands: string[] } };
}

function project(description: string): Resource & { readonly spec: BuildSpec } {
  const [found] = Object.values(json.Resources).filter(({ Properties }) => Properties.Description === description);
  if (found === undefined) {
    throw new Error(`no project "${description}"`);
  }
  return { ...found, spec: JSON.parse((found.Properties.Source as { BuildSpec: string }).BuildSpec) };
}

test('synth: locked packages, the registry, stacks that are in the way, templates; Node.js 22 and no Docker', () => {
  const { spec, Properties } = project("Reads the model's packages and makes the templates");
  expect(spec).toMatchObject({
    phases: {
      install: { 'runtime-versions': { nodejs: '24' }, commands: ['npm ci --omit=dev'] },
      build: { commands: ['npm run read-registry', 'npm run clear-failed-stacks', 'npx cdk synth --quiet'] },
    },
    artifacts: { 'base-directory': 'cdk.out' },
  });
  expect(Properties.Name).toEqual({
    'Fn::Join': ['', [{ 'Fn::GetAtt': [enrolment, 'PipelineName'] }, '-synth']],
  });
  expect(Properties.Environment).toMatchObject({
    PrivilegedMode: false,
    EnvironmentVariables: [
      { Name: 'STACK_NAME', Value: { Ref: 'AWS::StackName' } },
      { Name: 'GROUP_NAME', Value: { 'Fn::GetAtt': [enrolment, 'GroupName'] } },
    ],
  });
});

test('self-mutation: the pinned command line deploys this stack by its path', () => {
  const { spec } = project('Updates the pipeline itself');
  expect(spec.phases.install.commands).toEqual([expect.stringMatching(/^npm install -g aws-cdk@\d+\.\d+\.\d+$/)]);
  expect(spec.phases.build.commands).toEqual(['cdk -a . deploy ModelPipelineStack --require-approval=never --verbose']);
  expect(seededStack().node.path).toBe('ModelPipelineStack');
  expect(seededStack().stackName).toBe(STACK_NAME);
});
