import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requirePython } from './sagemaker/stage';

const FOLDER = join(__dirname, '..', '..', 'environment-image');

test('the builder makes environments of wheels with uv, and tells why it cannot', async () => {
  const command = ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', FOLDER];
  const run = promisify(execFile)(requirePython(), command, { cwd: FOLDER, maxBuffer: 2 ** 26 });
  // unittest writes its report to stderr: shown whole, it names the case that failed.
  const report = await run.then(
    ({ stderr }) => stderr,
    (error: Error & { stderr?: string }) => `${error.message}\n${error.stderr ?? ''}`,
  );
  expect(report).toMatch(/\nRan [1-9]\d* tests in .*\n\nOK/);
}, 300_000);
