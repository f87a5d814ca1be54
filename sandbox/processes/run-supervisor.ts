import type { Readable } from 'node:stream';
import { type Supervision, Supervisor } from './supervisor';

/** What whoever started the supervisor writes to it, so that it stays when they end. */
export const STAY = 'stay\n';

/**
 * The life of a supervisor process: it ends on SIGTERM, and when its standard input ends before it was told to stay, which
 * is how the end of its starter, however sudden, reaches it.
 *
 * @returns the exit code: 0 when it was told to stop, 1 when a server did not start
 */
export async function runSupervisor(supervision: Supervision, lifeline: Readable = process.stdin): Promise<number> {
  const supervisor = new Supervisor(supervision);
  const toldToStop = untilToldToStop(lifeline);
  const started = supervisor.start();
  const outcome = await Promise.race([toldToStop, started.then((ok) => (ok ? toldToStop : 'failed'))]);
  if (outcome === 'failed') {
    return 1;
  }
  await supervisor.stop();
  await started;
  return 0;
}

function untilToldToStop(lifeline: Readable): Promise<'stop'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('stop'));
    }
    let heard = '';
    lifeline.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    lifeline.on('close', () => {
      if (!heard.includes(STAY)) {
        resolve('stop');
      }
    });
  });
}
