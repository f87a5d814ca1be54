import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import table from '../../../lambda/packaging/framework-images.json';

const ROOT = join(__dirname, '../../..');
const PYTHON = process.env.PYTHON ?? 'python3';
const WHEEL = 'sagemaker_core-9.9-py3-none-any.whl';
/** What the SDK has of each framework, beside a repository of another kind. */
const VERSIONS = {
  sklearn: { '0.23-1': {}, '1.4-2-py312': {}, '1.9-0': { processors: ['cpu'], py_versions: ['py3'] } },
  xgboost: { '3.0-5': {}, '3.2-0': {} },
  tensorflow: { '2.16.1': {}, '2.18.0': {}, '2.19.0': {}, '2.20.0': { py_versions: ['py312'] } },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-table-'));
  const config = Object.entries(VERSIONS).map(([name, versions]) => {
    const { repository, accounts: registries } = table.frameworks[name as keyof typeof VERSIONS];
    const all = Object.entries(versions).map(([version, more]) => [version, { repository, registries, ...more }]);
    const other = ['1', { repository: 'other', registries: {} }];
    return [name, { inference: { versions: Object.fromEntries([other, ...all]) } }];
  });
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, config in json.loads(sys.argv[2]):
        wheel.writestr(f"sagemaker/core/image_uri_config/{name}.json", json.dumps(config))
`;
  execFileSync(PYTHON, ['-c', script, join(folder, WHEEL), JSON.stringify(config)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

function refresh(...options: string[]): { printed: string; made: typeof table } {
  const output = join(folder, 'table.json');
  const script = join(ROOT, 'scripts/refresh-image-table.py');
  const printed = execFileSync(PYTHON, [script, join(folder, WHEEL), '--output', output, ...options], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
  return { printed, made: JSON.parse(readFileSync(output, 'utf8')) as typeof table };
}

test('the table is what the script writes', () => {
  const { made } = refresh('--today', '2026-12-01');
  expect(made.sources[0]).toContain('sagemaker_core-9.9');
  expect(made.sources.slice(1)).toEqual(table.sources.slice(1));
  expect(made.frameworks).toEqual(table.frameworks);
});

test('it prints what it dropped and why', () => {
  const { printed } = refresh('--today', '2026-12-01');
  expect(printed).toContain('sklearn: dropped 1.4-2-py312: AWS ended patching it on 2026-10-30');
  expect(printed).toContain('sklearn: dropped 0.23-1: patched-images.json has no date for it');
  expect(printed).toContain('sklearn: kept 1.9-0, patched until 2027-07-16');
  expect(refresh('--today', '2026-10-01').printed).toContain('dropped 1.4-2-py312: AWS patches the newer 1.9-0');
});

test('a framework without a patched image is an error', () => {
  expect(() => refresh('--today', '2027-06-01')).toThrow(/AWS patches no image of xgboost on 2027-06-01/);
});

test('the packages of another image come from its lock file', () => {
  const lock = join(folder, 'uv.lock');
  const packages = ['["numpy", "2.5.1"]', '["scipy", "1.17"]', '["scipy", "1.18"]'].map((text) => {
    const [name, version] = JSON.parse(text) as [string, string];
    return `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\n`;
  });
  const itself = '[[package]]\nname = "image"\nversion = "1"\nsource = { virtual = "." }\n';
  writeFileSync(lock, [...packages, itself].join('\n'));
  const { made } = refresh('--today', '2026-12-01', '--lock', `sklearn=${lock}`);
  expect(made.frameworks.sklearn.pins).toEqual({ numpy: '2.5.1' });
});
