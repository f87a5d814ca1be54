import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Rival } from './rivals/rivals';

/** A rival that cannot run, and the program that it lacks. */
export interface Missing {
  readonly rival: string;
  readonly program: string;
}

/**
 * The rivals whose programs are not on PATH. Where that can be done without asking (as root, on Debian and its kin) the programs
 * are installed first.
 */
export function missingTools(rivals: readonly Rival[], say: (line: string) => void): Missing[] {
  const lacking = rivals.filter(lacksProgram);
  const packages = lacking.flatMap(({ needs }) => (needs ? [needs.package] : []));
  if (packages.length > 0 && process.getuid?.() === 0 && isOnPath('apt-get')) {
    say(`installing ${packages.join(', ')}`);
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { stdio: 'ignore' });
  }
  const missing = lacking.filter(lacksProgram);
  for (const { name, needs } of missing) {
    say(`${name} is left out: there is no ${needs?.program} on PATH (Debian: apt-get install ${needs?.package})`);
  }
  return missing.map(({ name, needs }) => ({ rival: name, program: needs?.program ?? '' }));
}

function lacksProgram({ needs }: Rival): boolean {
  return needs !== undefined && !isOnPath(needs.program);
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}
