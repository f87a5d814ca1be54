import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { until } from '../../sandbox/demo/until';
import { REGISTRY_SECRET } from '../../sandbox/deploy/accounts';
import { clientConfig } from '../../sandbox/deploy/clients';
import type { Finished, Stage } from './stories';

/** Seconds after which every function reads a secret anew, and some for the sync that shows it. */
export const SECRET_TAKEN_SECONDS = 90;

/** The user's secret with the registry's credentials, as users change it: by the public client, and without a deployment. */
export class RegistrySecret {
  private readonly client: SecretsManagerClient;

  constructor(private readonly stage: Stage) {
    this.client = new SecretsManagerClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  }

  async read(): Promise<string> {
    const { SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: REGISTRY_SECRET }));
    return SecretString;
  }

  async put(text: string): Promise<void> {
    await this.client.send(new PutSecretValueCommand({ SecretId: REGISTRY_SECRET, SecretString: text }));
  }

  /**
   * Puts another text, and waits until a sync shows that it is taken.
   *
   * @param shows whether a sync of a model was made with it
   * @returns the seconds that it took
   */
  async change(text: string, modelName: string, shows: (ended: Finished) => boolean): Promise<number> {
    const begun = Date.now();
    await this.put(text);
    await until(
      'a sync with the new secret',
      async () => shows(await this.stage.sync({ modelName, verify: true })),
      2 * SECRET_TAKEN_SECONDS * 1000,
    );
    return (Date.now() - begun) / 1000;
  }
}
