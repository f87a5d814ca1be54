import { ensureVenv } from '../../sandbox/setup/venv';
import setUp from './set-up';

/** Tests that need Python find the sandbox's interpreter in PYTHON; one that is set already is taken as it is. */
export default async function globalSetup(): Promise<void> {
  setUp();
  process.env.PYTHON ??= await ensureVenv((line) => process.stderr.write(`${line}\n`));
}
