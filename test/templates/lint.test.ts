import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
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
}, 180_000);

afterAll(() => rmSync(out, { recursive: true, force: true }));

function templates(folder = out): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => join(folder, name));
}

test('synthesis bundles everything without Docker, and cdk-nag has nothing unacknowledged', () => {
  expect(synth).toMatchObject({ status: 0 });
  expect(synth.output).not.toMatch(/AwsSolutions-/);
  expect(templates().length).toBe(2);
});

test('every acknowledgement has a reason', () => {
  const tree = JSON.stringify(templates().map((file) => JSON.parse(readFileSync(file, 'utf8'))));
  expect(tree).not.toContain('"reason":""');
});

// W3005: CDK lets every function wait for the policy of its role, which a reference to the role alone would not do.
test('cfn-lint has nothing to say', () => {
  const lint = spawnSync(
    join(dirname(process.env.PYTHON ?? ''), 'cfn-lint'),
    ['--regions', 'us-east-1', '--ignore-checks', 'W3005', '--', ...templates()],
    {
      encoding: 'utf8',
    },
  );
  expect(`${lint.stdout}${lint.stderr}`).toBe('');
  expect(lint.status).toBe(0);
}, 120_000);

test('asl-validator takes the state machine', () => {
  const { text } = definitionOf(synthesize().modelSync);
  const result = validateAsl(JSON.parse(text));
  expect(result.errors).toEqual([]);
  expect(result.isValid).toBe(true);
});

test('asl-validator would refuse a state machine that leads nowhere', () => {
  const { text } = definitionOf(synthesize().modelSync);
  expect(validateAsl(JSON.parse(text.replace('"StartAt":"List models"', '"StartAt":"Nowhere"'))).isValid).toBe(false);
});
