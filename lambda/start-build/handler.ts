import { CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { once } from '../shared/context/once';
import { requireEnv } from '../shared/env';
import { logger } from '../shared/logging';

const client = once(() => new CodeBuildClient({}));

/**
 * The custom resource that starts a build whenever its properties say that the result would be another one. It does not wait:
 * a build takes minutes and needs the internet, and a deployment must not hang on either.
 */
export async function handler({ RequestType }: CloudFormationCustomResourceEvent): Promise<object> {
  if (RequestType === 'Delete') {
    return {};
  }
  const projectName = requireEnv('PROJECT_NAME');
  const { build } = await client().send(new StartBuildCommand({ projectName }));
  logger.info('build started', { build: build?.id });
  return { PhysicalResourceId: `build-of-${projectName}` };
}
