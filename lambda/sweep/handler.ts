import { S3Client } from '@aws-sdk/client-s3';
import { modelPackages } from '../shared/context/packages';
import { claims } from '../shared/context/store';
import type { ActionResult, ModelStep } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { logger } from '../shared/logging';
import { groupNameOf } from '../shared/names/group-name';
import { withBucketOwner } from '../shared/own-bucket';
import { step } from '../shared/step';
import { timeLimits } from '../shared/time-limits';
import { sweepGroup } from './sweep-group';

const s3 = withBucketOwner(new S3Client(timeLimits()));

/** Sweeps what is packed for a model and used no more. The claim keeps others from packing for it at the same time. */
export const handler = step<ModelStep, ActionResult>(
  async ({ modelName, execution }) => {
    await claims().renew(modelName, execution);
    const groupName = groupNameOf(modelName);
    const urls = async () => {
      const packages = await modelPackages().describeAll(await modelPackages().listed(groupName));
      return packages.map(({ modelDataUrl }) => modelDataUrl);
    };
    const bucket = requireEnv('ARTIFACT_BUCKET');
    const swept = await sweepGroup({ client: s3, bucket, groupName, urls, now: Date.now() });
    logger.info('swept', { ...swept });
    const done = swept.deleted + swept.marked + swept.unmarked + swept.uploads > 0;
    return { action: 'sweep', outcome: done ? 'done' : 'skipped' };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
