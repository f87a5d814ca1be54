/** A server that runs in this process. */
interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** A setting of the process. @throws Error that names it when it is not there */
export function requireSetting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/**
 * Runs a server as this process: prints {"url": ...} when it is ready, and ends on SIGTERM and SIGINT, and with
 * STOP_WITH_STDIN=1 when its stdin closes, so that nothing outlives whoever started it.
 */
export function runAsProcess(start: () => Promise<Running>): void {
  run(start).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}

async function run(start: () => Promise<Running>): Promise<void> {
  const server = await start();
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
