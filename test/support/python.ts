import { ensureVenv } from '../../sandbox/setup/venv';

/** Tests that need Python find the sandbox's interpreter in PYTHON; one that is set already is taken as it is. */
export default async function globalSetup(): Promise<void> {
  // The SDK's note on Node 20's age would stand between the results of every file.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // What the functions log and measure would, too.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
  process.env.PYTHON ??= await ensureVenv((line) => process.stderr.write(`${line}\n`));
}
