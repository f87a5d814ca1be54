import { join } from 'node:path';
import { upload } from '../aws/objects';
import type { Session } from '../aws/session';
import { pack } from '../zip/pack';
import { artifactFiles } from './artifact-files';
import type { PipelineArtifact } from './build';
import type { Buildspec } from './buildspec';

/**
 * Packs and uploads the artifact that a pipeline wants of a build (codepipeline/latest/userguide/action-reference-CodeBuild,
 * "Output artifacts").
 *
 * @throws Error when the build specification says nothing of it
 */
export async function uploadArtifact(
  { artifacts }: Buildspec,
  source: string,
  { name, location }: PipelineArtifact,
  session: Session,
  workspace: string,
): Promise<void> {
  if (!artifacts || artifacts.files.length === 0) {
    throw new Error(`no definition for artifact ${name} in the artifacts of the build specification`);
  }
  const archive = join(workspace, 'artifact.zip');
  await pack(await artifactFiles(source, artifacts), archive);
  await upload(session, archive, location);
}
