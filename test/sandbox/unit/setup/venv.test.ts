import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../../../sandbox/setup/find-python';
import { summary } from '../../../../sandbox/setup/install';
import { ensureVenv, venvFolder } from '../../../../sandbox/setup/venv';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'venv test '));
const env = { ...process.env, PYTHON: undefined, SANDBOX_VENV: join(folder, 'made') };
// No packages: nothing is fetched.
const requirements = join(folder, 'requirements.txt');
writeFileSync(requirements, '# none\n');

function make(options: NodeJS.ProcessEnv = env): Promise<{ python: string; said: string[] }> {
  const said: string[] = [];
  return ensureVenv((line) => said.push(line), options, requirements).then((python) => ({ python, said }));
}

it('makes the environment once, even when two want it at the same time', async () => {
  const [first, second] = await Promise.all([make(), make()]);
  expect(first.python).toBe(second.python);
  expect(existsSync(first.python)).toBe(true);
  const making = [...first.said, ...second.said].filter((line) => line.startsWith('making'));
  expect(making).toHaveLength(1);
  expect([...first.said, ...second.said].join('\n')).toMatch(/another setup \(process \d+\) is at work/);
});

it('does nothing, in milliseconds, when nothing changed', async () => {
  await make();
  const start = performance.now();
  expect((await make()).said).toEqual([]);
  expect(performance.now() - start).toBeLessThan(50);
});

it('takes its own interpreter in PYTHON for no choice', async () => {
  const { python } = await make();
  expect(await make({ ...env, PYTHON: python })).toEqual({ python, said: [] });
});

it('keeps it when PYTHON names the same Python otherwise', async () => {
  const { python } = await make();
  const { executable } = findPython(env);
  expect(await make({ ...env, PYTHON: executable })).toEqual({ python, said: [] });
});

it('makes it anew when the last install was interrupted', async () => {
  const { python } = await make();
  const half = join(env.SANDBOX_VENV, 'half-installed');
  writeFileSync(half, '');
  rmSync(join(env.SANDBOX_VENV, 'mlflow-mlops.json'));
  expect((await make()).said[0]).toMatch(/^making /);
  expect(existsSync(half)).toBe(false);
  expect(existsSync(python)).toBe(true);
});

it('makes it anew when the packages changed', async () => {
  await make();
  writeFileSync(requirements, '# still none\n');
  expect((await make()).said[0]).toMatch(/^making /);
});

it('says what pip said when an install fails, and leaves no stamp', async () => {
  const wrong = join(folder, 'wrong.txt');
  writeFileSync(wrong, 'not a requirement\n');
  const broken = { ...env, SANDBOX_VENV: join(folder, 'broken') };
  await expect(ensureVenv(() => undefined, broken, wrong)).rejects.toThrow(
    /pip install.*ended with exit code 1[\s\S]*Invalid requirement/,
  );
  expect(existsSync(join(broken.SANDBOX_VENV, 'mlflow-mlops.json'))).toBe(false);
});

it('does not empty a folder that is something else', async () => {
  const precious = mkdtempSync(join(tmpdir(), 'precious '));
  writeFileSync(join(precious, 'thesis.txt'), 'my words');
  await expect(make({ ...env, SANDBOX_VENV: precious })).rejects.toThrow(
    /not a Python virtual environment and not empty/,
  );
  expect(readFileSync(join(precious, 'thesis.txt'), 'utf8')).toBe('my words');
});

it('is one for all sandboxes of the project, unless SANDBOX_VENV names another', () => {
  expect(venvFolder({ SANDBOX_HOME: '/somewhere' })).toBe(venvFolder({ SANDBOX_HOME: '/elsewhere' }));
  expect(venvFolder({ SANDBOX_VENV: '/mine' })).toBe('/mine');
});

it('leads an environment back to the Python that it was made from', async () => {
  const { python } = await make();
  expect(findPython({ ...process.env, PYTHON: python }).executable).not.toContain(env.SANDBOX_VENV);
});

it.each([
  ['Collecting aiohttp==3.14.5 (from -r requirements.txt)', 'pip: collecting aiohttp==3.14.5'],
  [
    '  Downloading https://host/x/mlflow-3.17.2-py3-none-any.whl (9 MB)',
    'pip: downloading mlflow-3.17.2-py3-none-any.whl',
  ],
  ['Installing collected packages: a, b, c', 'unpacking and compiling the packages'],
  ['Requirement already satisfied: six', undefined],
])('sums up a line of pip: %s', (line, expected) => {
  expect(summary(line)).toBe(expected);
});
