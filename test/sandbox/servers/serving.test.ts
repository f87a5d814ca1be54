import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = join(__dirname, '..', '..', 'serving');

/** The interpreter that has mlflow, scikit-learn and xgboost. */
function python(): string {
  const { PYTHON } = process.env;
  if (PYTHON === undefined) {
    throw new Error('Set PYTHON to the interpreter of the sandbox (`npm run setup` makes one).');
  }
  return PYTHON;
}

describe('the Python that the flavours add to an archive', () => {
  test('answers and refuses as MLflow does, for models that MLflow saved', async () => {
    const command = ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', FOLDER];
    const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', PYTHONDONTWRITEBYTECODE: '1' };
    const run = promisify(execFile)(python(), command, { cwd: FOLDER, env, maxBuffer: 64 * 1024 * 1024 });
    // unittest writes its report to stderr: shown whole, it names the case that failed.
    const report = await run.then(
      ({ stderr }) => stderr,
      (error: Error & { stderr?: string }) => `${error.message}\n${error.stderr ?? ''}`,
    );
    expect(report).toMatch(/\nRan [1-9]\d* tests in .*\n\nOK/);
  }, 300_000);
});
