import { ensureVenv } from '../../sandbox/setup/venv';
import setUp from './set-up';

/** Tests that need Python find the sandbox's interpreter in PYTHON; one that is set already is taken as it is. */
export default async function globalSetup(): Promise<void> {
  setUp();
  // What the functions log and measure would stand between the results of every file.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
  process.env.PYTHON ??= await ensureVenv((line) => process.stderr.write(`${line}\n`));
}
