import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upload } from '../../aws/objects';
import type { Session } from '../../aws/session';
import { packText } from '../../zip/pack';
import type { Job } from '../job';

/**
 * Writes a stack's outputs into the action's artifact, when it names a file for them.
 *
 * @returns the names of the artifacts that there are now
 */
export async function writeOutputs(
  { configuration, outputs }: Job,
  session: Session,
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { OutputFileName: file } = configuration;
  const [artifact] = outputs;
  if (file === undefined || !artifact) return [];
  const folder = await mkdtemp(join(tmpdir(), 'outputs-'));
  try {
    const archive = join(folder, 'outputs.zip');
    await packText(JSON.stringify(values), file, archive);
    await upload(session, archive, artifact.location);
    return [artifact.name];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
