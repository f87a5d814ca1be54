import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../../../sandbox/setup/find-python';
import { hintFor, summary } from '../../../../sandbox/setup/install';
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

it('creates the environment once when two ask for it at the same time', async () => {
  const [first, second] = await Promise.all([make(), make()]);
  expect(first.python).toBe(second.python);
  expect(existsSync(first.python)).toBe(true);
  const making = [...first.said, ...second.said].filter((line) => line.startsWith('creating'));
  expect(making).toHaveLength(1);
  expect([...first.said, ...second.said].join('\n')).toMatch(
    /waiting for process \d+, which is creating the Python environment/,
  );
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

it('creates it again when the last install was interrupted', async () => {
  const { python } = await make();
  const half = join(env.SANDBOX_VENV, 'half-installed');
  writeFileSync(half, '');
  rmSync(join(env.SANDBOX_VENV, 'mlflow-mlops.json'));
  expect((await make()).said[0]).toMatch(/^creating /);
  expect(existsSync(half)).toBe(false);
  expect(existsSync(python)).toBe(true);
});

it('creates it again when the packages changed', async () => {
  await make();
  writeFileSync(requirements, '# still none\n');
  expect((await make()).said[0]).toMatch(/^creating /);
});

it("prints the installer's output when an install fails, and leaves no stamp", async () => {
  const wrong = join(folder, 'wrong.txt');
  writeFileSync(wrong, 'not a requirement\n');
  const broken = { ...env, SANDBOX_VENV: join(folder, 'broken') };
  await expect(ensureVenv(() => undefined, broken, wrong)).rejects.toThrow(
    /pip install.*ended with exit code \d[\s\S]*run the command again[\s\S]*not a requirement/,
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
  ['Collecting aiohttp==3.14.5 (from -r requirements.txt)', 'collecting aiohttp==3.14.5'],
  ['  Downloading https://host/x/mlflow-3.17.2-py3-none-any.whl (9 MB)', 'downloading mlflow-3.17.2-py3-none-any.whl'],
  ['Installing collected packages: a, b, c', 'unpacking the packages'],
  ['Prepared 122 packages in 8.01s', 'unpacking the packages'],
  ['Requirement already satisfied: six', undefined],
])('shortens a line of the installer: %s', (line, expected) => {
  expect(summary(line)).toBe(expected);
});

it.each([
  ['error: failed to write: No space left on device (os error 28)', /disk is full.*SANDBOX_VENV/],
  ['error sending request for url (https://host/simple/mlflow/): dns error', /registry cannot be reached.*HTTPS_PROXY/],
  ['ERROR: Could not install: HTTPSConnectionPool: Failed to establish a new connection: timed out', /registry cannot/],
  ['error: No solution found', /^$/],
])('names the fix for: %s', (output, hint) => {
  expect(hintFor(output)).toMatch(hint);
});
