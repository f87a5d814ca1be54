import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { MlflowMlopsStack } from '../../lib/mlflow-mlops-stack';
import { PROJECT } from '../../lib/project';
import { productTemplate } from '../../lib/service-catalog/product-snapshot';
import { TEMPLATE_FILE } from '../../lib/service-catalog/product-version';
import { releasedVersions } from '../../lib/service-catalog/released-versions';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';

// eslint has no part in this: the package ships no types.
const validateAsl = require('asl-validator') as (definition: unknown) => { isValid: boolean; errors: unknown[] };

let out: string;
let synth: { status: number | null; output: string };

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'mlflow-mlops-synth-'));
  const cdk = join(PROJECT, 'node_modules', '.bin', 'cdk');
  const run = spawnSync(cdk, ['synth', '--quiet', '--output', out], { cwd: PROJECT, encoding: 'utf8' });
  synth = { status: run.status, output: `${run.stdout}${run.stderr}` };
}, 300_000);

afterAll(() => rmSync(out, { recursive: true, force: true }));

function templates(folder = out): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => join(folder, name));
}

test('synthesis bundles everything without Docker, and cdk-nag has nothing unacknowledged', () => {
  expect(synth).toMatchObject({ status: 0 });
  expect(synth.output).not.toMatch(/AwsSolutions-|NIST\.800/);
  expect(templates().length).toBe(3);
});

test.each<[string, Record<string, unknown>]>([
  ['without the pipeline', { pipeline: false }],
  [
    'from a connection, with access for people',
    {
      source: {
        type: 'connection',
        connectionArn: 'arn:aws:codeconnections:us-east-1:111111111111:connection/11111111-1111-1111-1111-111111111111',
        repository: 'acme/mlflow-mlops',
      },
      access: { roles: ['DataScientist'], groups: ['ml-engineers'] },
    },
  ],
  ['with the unreleased product', { 'unreleased-product': true }],
])(
  'cdk-nag has nothing to say about the app %s either',
  (_what, settings) => {
    const { context } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')) as { context: object };
    const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`mlflow-mlops:${name}`, value]));
    const app = new App({ context: { ...context, ...own, 'aws:cdk:bundling-stacks': [] } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
    new MlflowMlopsStack(app, 'MlflowMlopsStack');
    expect(() => app.synth()).not.toThrow();
  },
  120_000,
);

test('every acknowledgement has a reason', () => {
  const tree = JSON.stringify(templates().map((file) => JSON.parse(readFileSync(file, 'utf8'))));
  expect(tree).not.toContain('"reason":""');
});

// W3005: CDK lets every function wait for the policy of its role, which a reference to the role alone would not do.
test('cfn-lint has nothing to say', () => {
  const lint = cfnLint(templates(), ['W3005']);
  expect(lint).toEqual({ status: 0, output: '' });
}, 300_000);

test('cfn-lint has nothing to say about any version of the product', () => {
  const unreleased = join(out, 'unreleased');
  mkdirSync(unreleased);
  writeFileSync(join(unreleased, TEMPLATE_FILE), productTemplate());
  const folders = [...releasedVersions().map(({ folder }) => folder), unreleased];
  const lint = cfnLint(
    folders.map((folder) => join(folder, TEMPLATE_FILE)),
    ['W3005'],
  );
  expect(lint).toEqual({ status: 0, output: '' });
}, 300_000);

function cfnLint(files: readonly string[], ignored: readonly string[]): { status: number | null; output: string } {
  const program = join(dirname(process.env.PYTHON ?? ''), 'cfn-lint');
  const run = spawnSync(program, ['--regions', 'us-east-1', '--ignore-checks', ...ignored, '--', ...files], {
    encoding: 'utf8',
  });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

test.each(['Sync', 'Terminate'])('asl-validator takes the state machine %s', (id) => {
  const { text } = definitionOf(synthesize().modelSync, id);
  const result = validateAsl(JSON.parse(text));
  expect(result.errors).toEqual([]);
  expect(result.isValid).toBe(true);
});

test('asl-validator would refuse a state machine that leads nowhere', () => {
  const { text } = definitionOf(synthesize().modelSync);
  const lost = text.replace('"Next":"Plan"', '"Next":"Nowhere"');
  expect(lost).not.toBe(text);
  expect(validateAsl(JSON.parse(lost)).isValid).toBe(false);
});
