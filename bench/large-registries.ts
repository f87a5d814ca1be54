import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './report/figures';
import type { Figure } from './report/results';
import { runScript } from './run-script';

/** Below `registries`: the plan of one model, and the scan of all. */
const SCRIPTS = ['diff', 'measure'];

/** What large registries cost. */
export async function measureRegistries(say: (line: string) => void, signal: AbortSignal): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of SCRIPTS) {
    const script = join(__dirname, 'registries', `${name}.ts`);
    if (existsSync(script)) {
      say(`registries: ${name}`);
      figures.push(...figuresOf(await runScript(script, [], signal)));
    }
  }
  return figures;
}
