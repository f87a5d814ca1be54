import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { environmentImages } from '../environments/clients';
import { EnvironmentFiles } from '../environments/environment-files';
import { type Swept, sweepImages } from '../environments/sweep-images';
import { once } from '../shared/context/once';
import { modelPackages } from '../shared/context/packages';
import { environmentBuilds } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import { withBucketOwner } from '../shared/own-bucket';
import { step } from '../shared/step';
import { timeLimits } from '../shared/time-limits';
import { usedImages } from './used-images';

const s3 = once(() => withBucketOwner(new S3Client(timeLimits())));
const sageMaker = once(() => new SageMakerClient({ maxAttempts: 6, ...timeLimits() }));

/** Runs once a day and deletes environment images that nothing uses. What fails is tried again a day later. */
export const handler = step<object, Swept>(
  () => {
    const files = new EnvironmentFiles(s3(), requireEnv('ARTIFACT_BUCKET'));
    return sweepImages({
      now: Date.now,
      images: () => environmentImages().list(),
      records: () => environmentBuilds().list(),
      usedImages: () => usedImages(modelPackages(), sageMaker()),
      write: (digest, before, record) => environmentBuilds().write(digest, before, record),
      deleteImage: (imageDigest) => environmentImages().delete(imageDigest),
      deleteFiles: (digest) => files.delete(digest),
      deleteRecord: (digest, before) => environmentBuilds().delete(digest, before),
    });
  },
  () => ({ request: 'sweep of environment images' }),
);
