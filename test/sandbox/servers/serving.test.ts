import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTensorFlow } from '../../../sandbox/setup/venv';
import { requirePython } from './sagemaker/stage';

const FOLDER = join(__dirname, '..', '..', 'serving');

beforeAll(() => ensureTensorFlow(requirePython()), 900_000);

/** Runs a folder's unittests and gives their report. */
async function unittests(folder: string): Promise<string> {
  const command = ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', folder];
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', PYTHONDONTWRITEBYTECODE: '1' };
  const run = promisify(execFile)(requirePython(), command, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  // unittest writes its report to stderr: shown whole, it names the case that failed.
  return run.then(
    ({ stderr }) => stderr,
    (error: Error & { stderr?: string }) => `${error.message}\n${error.stderr ?? ''}`,
  );
}

test.each([
  [
    'the Python that the flavours add to an archive answers and refuses as MLflow does, for models that MLflow saved',
    '',
  ],
  ['the TensorFlow image loads an archive and answers as its own server does', 'containers'],
])(
  '%s',
  async (_what, folder) => {
    expect(await unittests(join(FOLDER, folder))).toMatch(/\nRan [1-9]\d* tests in .*\n\nOK/);
  },
  900_000,
);
