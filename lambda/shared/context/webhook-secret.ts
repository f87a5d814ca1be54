import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { requireEnv } from '../env';
import { timeLimits } from '../time-limits';
import { SecretVersions } from '../webhook-secret/secret-versions';
import { once } from './once';

export const secretsManager = once(() => new SecretsManagerClient(timeLimits()));

/** The secret that registries sign their webhooks with. */
export const webhookSecret = once(() => new SecretVersions(secretsManager(), requireEnv('WEBHOOK_SECRET')));
