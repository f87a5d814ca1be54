import { startDatabricksFront } from './front';

/*
 * The Databricks front as a process. Settings: PORT (0 or none takes a free one), MLFLOW_SERVER_URI, DATABRICKS_TOKEN.
 * Prints {"url": ...} when it is ready. Ends on SIGTERM and SIGINT, and with STOP_WITH_STDIN=1 when its stdin closes, so
 * that it does not outlive whoever started it.
 */

function requireSetting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

async function main(): Promise<void> {
  const front = await startDatabricksFront({
    port: Number(process.env.PORT ?? '0'),
    mlflowUri: requireSetting('MLFLOW_SERVER_URI'),
    token: requireSetting('DATABRICKS_TOKEN'),
    log: (line) => process.stderr.write(`${line}\n`),
  });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    front.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env.STOP_WITH_STDIN === '1') process.stdin.on('end', stop).on('close', stop).resume();
  process.stdout.write(`${JSON.stringify({ url: front.url })}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
