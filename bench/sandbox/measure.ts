import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, up } from '../../sandbox/cli/lifecycle';
import type { Figure } from '../report/results';
import { measurePackages } from './packages';
import { measureTransitions } from './transitions';
import { measureWebhook } from './webhook';

/**
 * Starts a sandbox of its own and measures the webhook and the way to the endpoint. The figures are those of emulators on one
 * machine: they compare versions of this project, and say little about AWS.
 *
 * @param quick fewer deliveries, and one transition
 */
export async function measureSandbox(
  quick: boolean,
  python: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Figure[]> {
  // Below the system's folder for temporary files, because the path of a socket has to be short.
  const home = mkdtempSync(join(tmpdir(), 'bench-'));
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Without this, an interruption before the first wait would be an unhandled rejection.
  interrupted.catch(() => undefined);
  try {
    const { env, openSource } = await up({ home, python, stay: false, say, signal });
    const webhook = await Promise.race([interrupted, measureWebhook(openSource, quick ? 100 : 500, say)]);
    const packages = await Promise.race([interrupted, measurePackages(env, say)]);
    const transitions = await Promise.race([interrupted, measureTransitions(env, quick ? 1 : 3, say)]);
    return [...webhook, ...packages, ...transitions];
  } finally {
    await down({ home });
    rmSync(home, { recursive: true, force: true });
  }
}
