import { mkdir } from 'node:fs/promises';
import { startSageMaker } from './server';

/*
 * SageMaker's stand-in as a process. Settings: PORT (0 or none takes a free one), PYTHON, AWS_ENDPOINT_URL, WORK_DIR.
 * Prints {"url": ...} when it is ready. Ends on SIGTERM and SIGINT, and with STOP_WITH_STDIN=1 when its stdin closes, so
 * that no worker outlives whoever started it.
 */

function requireSetting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

async function main(): Promise<void> {
  const workDir = requireSetting('WORK_DIR');
  await mkdir(workDir, { recursive: true });
  const server = await startSageMaker({
    port: Number(process.env.PORT ?? '0'),
    python: requireSetting('PYTHON'),
    awsEndpoint: requireSetting('AWS_ENDPOINT_URL'),
    workDir,
    log: (line) => process.stderr.write(`${line}\n`),
  });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env.STOP_WITH_STDIN === '1') process.stdin.on('end', stop).on('close', stop).resume();
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
