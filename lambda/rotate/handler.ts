import type { SecretsManagerRotationEvent } from 'aws-lambda';
import { requireEnv } from '../shared/env';
import { RefusedError } from '../shared/errors';
import { step } from '../shared/step';
import { realEffects } from './effects';
import { rotate, STEPS } from './rotate';

/** Secrets Manager calls it once for each step of a rotation, and again after a failure. */
export const handler = step<SecretsManagerRotationEvent, object>(
  async ({ SecretId, Step: wanted, ClientRequestToken }) => {
    const known = STEPS.find((name) => name === wanted);
    if (known === undefined || SecretId !== requireEnv('WEBHOOK_SECRET')) {
      throw new RefusedError(`step ${wanted} of secret ${SecretId} is not for this function`);
    }
    await rotate(known, ClientRequestToken, realEffects());
    return {};
  },
  ({ Step, ClientRequestToken }) => ({ rotation: Step, version: ClientRequestToken }),
);
