import { join } from 'node:path';
import { upload } from '../aws/objects';
import type { Session } from '../aws/session';
import { pack } from '../zip/pack';
import { artifactFiles } from './artifact-files';
import type { PipelineArtifact } from './build';
import type { ArtifactSpec, Buildspec } from './buildspec';

/**
 * Packs and uploads the artifacts that a pipeline wants of a build. One artifact is what `artifacts` says; of several each is
 * the secondary artifact of its name (codepipeline/latest/userguide/action-reference-CodeBuild, "Output artifacts").
 *
 * @throws Error that says which artifact there is not
 */
export async function uploadArtifacts(
  spec: Buildspec,
  source: string,
  outputs: readonly PipelineArtifact[],
  session: Session,
  workspace: string,
): Promise<void> {
  for (const { name, location } of outputs) {
    const archive = join(workspace, `artifact-${name}.zip`);
    await pack(await artifactFiles(source, specOf(spec, name, outputs.length)), archive);
    await upload(session, archive, location);
  }
}

function specOf({ artifacts }: Buildspec, name: string, count: number): ArtifactSpec {
  const secondary = artifacts?.['secondary-artifacts'][name];
  const chosen = secondary ?? (count === 1 && artifacts && artifacts.files.length > 0 ? artifacts : undefined);
  if (!chosen) throw new Error(`no definition for artifact ${name} in the artifacts of the build specification`);
  return chosen;
}
