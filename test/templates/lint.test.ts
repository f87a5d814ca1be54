import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT } from '../../lib/project';
import { TEMPLATE_FILE } from '../../lib/service-catalog/product-version';
import { offeredVersions } from '../../lib/service-catalog/released-versions';
import { unreleasedTemplate } from '../support/product-template';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';

// eslint has no part in this: the package ships no types.
const validateAsl = require('asl-validator') as (definition: unknown) => { isValid: boolean; errors: unknown[] };

let out: string;
let synth: { status: number | null; output: string };

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'mlflow-mlops-synth-'));
  const cdk = join(PROJECT, 'node_modules', '.bin', 'cdk');
  // With the CDK's own validation, as users synthesize.
  const { CDK_VALIDATION: _off, ...env } = process.env;
  const run = spawnSync(cdk, ['synth', '--quiet', '--output', out], { cwd: PROJECT, env, encoding: 'utf8' });
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

test("the CDK's own validation finds nothing unacknowledged", () => {
  const report = JSON.parse(readFileSync(join(out, 'validation-report.json'), 'utf8')) as {
    pluginReports: { pluginName: string; violations: object[] }[];
  };
  const findings = new Map(report.pluginReports.map(({ pluginName, violations }) => [pluginName, violations]));
  expect(findings.get('CloudFormation Validate')).toEqual([]);
});

test('cfn-lint finds nothing in any stack, nor in any version of the product', () => {
  const unreleased = join(out, 'unreleased');
  mkdirSync(unreleased);
  writeFileSync(join(unreleased, TEMPLATE_FILE), unreleasedTemplate());
  const products = [...offeredVersions().map(({ folder }) => folder), unreleased];
  const files = [...templates(), ...products.map((folder) => join(folder, TEMPLATE_FILE))];
  expect(files.length).toBeGreaterThan(3);
  // In one run, since the linter takes seconds to load its schemas.
  expect(cfnLint(files)).toEqual({ status: 0, output: '' });
}, 300_000);

function cfnLint(files: readonly string[]): { status: number | null; output: string } {
  const program = join(dirname(process.env.PYTHON ?? ''), 'cfn-lint');
  // W3005: the CDK lets every function wait for the policy of its role, which a reference to the role alone would not do.
  const run = spawnSync(program, ['--regions', 'us-east-1', '--ignore-checks', 'W3005', '--', ...files], {
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
