import { S3Client } from '@aws-sdk/client-s3';
import { endBuild } from '../environments/end-build';
import { EnvironmentFiles } from '../environments/environment-files';
import { once } from '../shared/context/once';
import { environmentBuilds } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import { executionName, startSync } from '../shared/executions';
import { logger } from '../shared/logging';
import { withBucketOwner } from '../shared/own-bucket';
import { step } from '../shared/step';
import { timeLimits } from '../shared/time-limits';
import { parseBuildEvent } from './build-event';

const s3 = once(() => withBucketOwner(new S3Client(timeLimits())));

/** The target of the rule for ended builds: what came of the build is written down, and the models that wait for it are synced. */
export const handler = step<object, { models: readonly string[] }>(
  async (event) => {
    const ended = parseBuildEvent(event);
    if (ended === undefined) {
      logger.warn('a build without an environment ended');
      return { models: [] };
    }
    const { buildId, digest, status } = ended;
    logger.info('build ended', { build: buildId, environment: digest, status });
    const files = new EnvironmentFiles(s3(), requireEnv('ARTIFACT_BUCKET'));
    const models = await endBuild(buildId, {
      now: Date.now,
      read: () => environmentBuilds().read(digest),
      write: (before, record) => environmentBuilds().write(digest, before, record),
      report: () => files.report(digest),
      startSync: async (modelName) => {
        const name = executionName(modelName, `environment ${digest} of ${buildId}`);
        await startSync(requireEnv('STATE_MACHINE_ARN'), modelName, name);
      },
    });
    return { models };
  },
  () => ({ request: 'ended build' }),
);
