import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { download, type S3Location } from '../aws/objects';
import type { Session } from '../aws/session';
import { unpack } from '../zip/unpack';
import type { Build } from './build';
import { isInline } from './buildspec';
import type { BuildFolders } from './environment';
import { s3Location } from './s3-source';

/** Makes the folders of a build in its own one, with its source: what a pipeline gives it, or an archive in S3. */
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
  const location = sourceLocation(build);
  if (location) {
    const archive = join(workspace, 'source.zip');
    await download(session, location, archive);
    await unpack(archive, folders.source);
  }
  return folders;
}

function sourceLocation({ request: { pipeline, project } }: Build): S3Location | undefined {
  const { source } = project.details;
  return source.type === 'S3' ? s3Location(source) : pipeline?.source?.location;
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
