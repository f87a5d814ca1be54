import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../sandbox/processes/paths';
import { typescriptArguments } from '../sandbox/processes/start';
import { figuresOf } from './report/figures';
import type { Figure } from './report/results';

/** Each prints one JSON line. */
const SCRIPTS = ['diff', 'measure'].map((name) => join(__dirname, 'registries', `${name}.ts`));

/** What large registries cost: the plan of one model, and the scan of all. */
export async function measureRegistries(say: (line: string) => void, signal: AbortSignal): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const script of SCRIPTS.filter((file) => existsSync(file))) {
    say(`registries: ${script.slice(PROJECT.length + 1)}`);
    const { stdout } = await promisify(execFile)(process.execPath, typescriptArguments(script), {
      cwd: PROJECT,
      signal,
    });
    figures.push(...figuresOf(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')));
  }
  return figures;
}
