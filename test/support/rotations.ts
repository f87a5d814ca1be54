import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CACHE_SECONDS } from '../../lambda/webhook/keyring';
import { WEBHOOK_SECRET } from '../../lib/names';
import { until } from '../../sandbox/demo/until';
import { clientConfig } from '../../sandbox/deploy/clients';
import type { Stage } from './stories';

/** The webhook's secret of an account, by the public client. */
export class Rotations {
  private readonly client: SecretsManagerClient;

  constructor(private readonly stage: Stage) {
    this.client = new SecretsManagerClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  }

  /** The secret's current value. */
  async current(): Promise<string> {
    const { SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRET }));
    return SecretString;
  }

  /** Rotates as people do it by hand, and gives the new value when all four steps are done and receivers accept it. */
  async rotate(): Promise<string> {
    const { VersionId = '' } = await this.client.send(new RotateSecretCommand({ SecretId: WEBHOOK_SECRET }));
    const before = await this.describe();
    await until('the end of the rotation', async () => {
      const { VersionIdsToStages, LastRotatedDate } = await this.describe();
      return (
        VersionIdsToStages?.[VersionId]?.includes('AWSCURRENT') &&
        LastRotatedDate?.getTime() !== before.LastRotatedDate?.getTime()
      );
    });
    await sleep(CACHE_SECONDS * 1000);
    return this.current();
  }

  /** Puts back what this sandbox's other tests sign with; the registry goes on with its own, as the previous one. */
  async restore(): Promise<void> {
    if ((await this.current()) !== this.stage.env.WEBHOOK_SECRET) {
      const put = { SecretId: WEBHOOK_SECRET, SecretString: this.stage.env.WEBHOOK_SECRET };
      await this.client.send(new PutSecretValueCommand(put));
    }
    this.client.destroy();
  }

  private describe() {
    return this.client.send(new DescribeSecretCommand({ SecretId: WEBHOOK_SECRET }));
  }
}
