import { CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { ECRClient } from '@aws-sdk/client-ecr';
import { once } from '../shared/context/once';
import { requireEnv } from '../shared/env';
import { timeLimits } from '../shared/time-limits';
import { EnvironmentImages } from './environment-images';

/** A start that hangs is tried again while CodeBuild still knows its token. */
const REQUEST_TIMEOUT_MS = 20_000;

const codeBuild = once(() => new CodeBuildClient(timeLimits(REQUEST_TIMEOUT_MS)));

/** The repository of environment images. */
export const environmentImages = once(
  () => new EnvironmentImages(new ECRClient(timeLimits()), requireEnv('ENVIRONMENT_REPOSITORY')),
);

/**
 * Starts the build of an environment.
 *
 * @param token CodeBuild starts one build for one token
 * @returns the build's id
 */
export async function startBuild(digest: string, token: string): Promise<string> {
  const { build } = await codeBuild().send(
    new StartBuildCommand({
      projectName: requireEnv('ENVIRONMENT_PROJECT'),
      idempotencyToken: token,
      environmentVariablesOverride: [{ name: 'ENVIRONMENT_DIGEST', value: digest, type: 'PLAINTEXT' }],
    }),
  );
  if (build?.id === undefined) {
    throw new Error('CodeBuild started a build without an id');
  }
  return build.id;
}
