import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RefusedError } from '../errors';

/** One of a secret's values. */
export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

/** The values of one secret, as Secrets Manager has them at the moment. */
export class SecretVersions {
  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
  ) {}

  /** @throws RefusedError where the secret has no value */
  async current(): Promise<SecretVersion> {
    const version = await this.read({ VersionStage: 'AWSCURRENT' });
    if (version === undefined) {
      throw new RefusedError(`secret ${this.secretId} has no text`);
    }
    return version;
  }

  /** The version that the current one replaced; undefined where there is none. */
  previous(): Promise<SecretVersion | undefined> {
    return this.read({ VersionStage: 'AWSPREVIOUS' });
  }

  /** A version by its id; undefined where there is none, or one that was given no value yet. */
  byId(id: string): Promise<SecretVersion | undefined> {
    return this.read({ VersionId: id });
  }

  private async read(which: { VersionStage: string } | { VersionId: string }): Promise<SecretVersion | undefined> {
    try {
      const answer = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId, ...which }));
      const value = answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString('utf8');
      return value === ''
        ? undefined
        : { id: answer.VersionId ?? '', value, createdAt: (answer.CreatedDate?.getTime() ?? 0) / 1000 };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        return undefined;
      }
      throw error;
    }
  }
}
