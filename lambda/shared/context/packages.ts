import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { requireEnv } from '../env';
import { ModelPackages } from '../packages/model-packages';
import { timeLimits } from '../time-limits';
import { once } from './once';

export const modelPackages = once(
  () => new ModelPackages(new SageMakerClient({ maxAttempts: 6, ...timeLimits(20_000) }), requireEnv('OWNER')),
);
