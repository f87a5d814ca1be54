import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Buildspec, PHASES } from './buildspec';
import { type PhaseReport, parseReport } from './report';

/** Writes what phases.bash is to run into a folder, as it is described there. */
export async function writePlan(spec: Buildspec, folder: string): Promise<void> {
  await mkdir(join(folder, 'exported'), { recursive: true });
  await writeFile(join(folder, 'report'), '');
  const exported = spec.env['exported-variables'].map((name) => `${name}\n`);
  await writeFile(join(folder, 'exported-variables'), exported.join(''));
  for (const name of PHASES) {
    const phase = spec.phases[name];
    if (!phase) continue;
    await mkdir(join(folder, name), { recursive: true });
    if (phase['on-failure'] !== undefined) await writeFile(join(folder, name, 'on-failure'), phase['on-failure']);
    await writeCommands(join(folder, name, 'commands'), phase.commands);
    await writeCommands(join(folder, name, 'finally'), phase.finally);
  }
}

async function writeCommands(folder: string, commands: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, command] of commands.entries()) await writeFile(join(folder, String(index)), command);
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

/** The values that the exported variables had when the shell ended. */
export async function readExported(spec: Buildspec, folder: string): Promise<{ name: string; value: string }[]> {
  const names = spec.env['exported-variables'];
  const values = names.map(async (name) => {
    const value = await readFile(join(folder, 'exported', name), 'utf8').catch(() => '');
    return { name, value };
  });
  return Promise.all(values);
}
