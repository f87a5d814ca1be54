import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { requireEnv } from '../env';
import { ModelPackages } from '../packages/model-packages';
import { once } from './once';

export const modelPackages = once(
  () => new ModelPackages(new SageMakerClient({ maxAttempts: 6 }), requireEnv('OWNER')),
);
