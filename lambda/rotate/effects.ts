import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { registry } from '../shared/context/registry';
import { enrolments } from '../shared/context/store';
import { secretsManager, webhookSecret } from '../shared/context/webhook-secret';
import { webhookUrl } from '../shared/context/webhook-url';
import { requireEnv } from '../shared/env';
import type { RotationEffects } from './rotate';

/** The real effects, on the secret that the stack names. */
export function realEffects(): RotationEffects {
  const SecretId = requireEnv('WEBHOOK_SECRET');
  const client = secretsManager();
  return {
    stages: async () => (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {},
    value: async (versionId) => (await webhookSecret().byId(versionId))?.value,
    putPending: async (versionId, value) => {
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken: versionId,
          SecretString: value,
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    renewWebhooks: async (secret) => {
      const names = await enrolledNames();
      for (const url of names.length === 0 ? [] : await addresses()) {
        await (await registry()).renewWebhooks(names, { url, secret });
      }
    },
    promote: async (versionId, from) => {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: from,
        }),
      );
    },
    unlabel: async (versionId) => {
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: versionId }),
      );
    },
  };
}

/** Where nobody is enrolled, there may be no registry yet either. */
async function enrolledNames(): Promise<string[]> {
  return (await enrolments().list()).map(({ modelName }) => modelName);
}

/** Webhooks that were made before people named an address of theirs call the API's own. */
async function addresses(): Promise<string[]> {
  return [...new Set([await webhookUrl(), requireEnv('WEBHOOK_URL')])];
}
