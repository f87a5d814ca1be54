import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { download } from '../aws/objects';
import type { Session } from '../aws/session';
import { unpack } from '../zip/unpack';
import type { Build } from './build';
import { isInline } from './buildspec';
import type { BuildFolders } from './environment';

/** Makes the folders of a build in its own one, with the source that a pipeline gives it. */
export async function fetchSource(build: Build, session: Session, workspace: string): Promise<BuildFolders> {
  const folders: BuildFolders = {
    source: join(workspace, 'src'),
    home: join(workspace, 'home'),
    temporary: join(workspace, 'tmp'),
    programs: join(workspace, 'programs'),
  };
  for (const folder of [folders.source, folders.home, folders.temporary, folders.programs]) {
    await mkdir(folder, { recursive: true });
  }
  const artifact = build.request.pipeline?.source;
  if (artifact) {
    const archive = join(workspace, 'source.zip');
    await download(session, artifact.location, archive);
    await unpack(archive, folders.source);
  }
  return folders;
}

/**
 * The text of a build's specification: its own, or a file of the source.
 *
 * @throws Error when there is no such file
 */
export async function buildspecText(buildspec: string | undefined, source: string): Promise<string> {
  if (buildspec !== undefined && isInline(buildspec)) return buildspec;
  const name = buildspec || 'buildspec.yml';
  const file = resolve(source, name);
  if (!file.startsWith(source + sep)) throw new Error(`the build specification ${name} is not in the source`);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(`stat ${file}: no such file or directory`);
    throw error;
  }
}
