import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Buildspec, PHASES } from './buildspec';
import { type PhaseReport, parseReport } from './report';

/** Writes what phases.bash is to run into a folder, as it is described there. */
export async function writePlan(spec: Buildspec, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'report'), '');
  for (const name of PHASES) {
    const phase = spec.phases[name];
    if (!phase) continue;
    await mkdir(join(folder, name), { recursive: true });
    for (const [index, command] of phase.commands.entries()) {
      await writeFile(join(folder, name, String(index)), command);
    }
  }
}

/** What happened so far; nothing when the build has no plan yet. */
export function readReport(folder: string): PhaseReport[] {
  try {
    return parseReport(readFileSync(join(folder, 'report'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
