import { join } from 'node:path';
import { z } from 'zod';
import type { Figure } from '../report/results';
import { runScript } from '../run-script';

const SCRIPT = join(__dirname, '..', 'webhook', 'cold-start.ts');

const Times = z.object({ median: z.number() });
const ColdStart = z.object({
  memories: z.array(z.object({ memoryMb: z.number(), limited: z.boolean(), coldMs: Times, warmMs: Times })),
});

/** How long a delivery waits for a new instance of the receiver, at the CPU of each memory that was looked at. */
export async function measureColdStart(runs: number, signal: AbortSignal): Promise<Figure[]> {
  const { memories } = ColdStart.parse(await runScript(SCRIPT, ['--runs', String(runs)], signal));
  return memories.map(({ memoryMb, limited, coldMs, warmMs }) => ({
    what: `webhook function, cold start with the CPU of ${limited ? `${memoryMb} MB` : 'this machine'}`,
    value: `${coldMs.median.toFixed(0)} ms; warm ${warmMs.median.toFixed(0)} ms; without network time`,
  }));
}
