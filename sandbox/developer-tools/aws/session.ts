import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Caller } from '../../aws-json/caller';

/** What signs a request. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Longest name of a session that STS takes (API_AssumeRole). */
const SESSION_NAME_MAX = 64;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Clients of the services in MiniStack for one set of credentials. */
export class Session {
  private readonly clients: { destroy(): void }[] = [];
  private s3Client: S3Client | undefined;
  private cloudFormationClient: CloudFormationClient | undefined;

  constructor(
    readonly endpoint: string,
    readonly region: string,
    readonly credentials: Credentials,
  ) {}

  get s3(): S3Client {
    this.s3Client ??= this.kept(
      new S3Client({
        ...this.config,
        forcePathStyle: true,
        // Checksums of streams would be sent as trailers, which say nothing here.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        // The SDK warns on the console about each failed upload. The caller gets the error and reports it.
        logger: SILENT,
      }),
    );
    return this.s3Client;
  }

  get cloudFormation(): CloudFormationClient {
    this.cloudFormationClient ??= this.kept(new CloudFormationClient(this.config));
    return this.cloudFormationClient;
  }

  close(): void {
    for (const client of this.clients) client.destroy();
  }

  private get config() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials };
  }

  private kept<Client extends { destroy(): void }>(client: Client): Client {
    this.clients.push(client);
    return client;
  }
}

/** Opens sessions at MiniStack: as an account itself, or as a role of it. */
export class Sessions {
  constructor(readonly endpoint: string) {}

  /** A session with the rights of the account, for what a service does by itself. */
  of({ account, region }: Caller): Session {
    return new Session(this.endpoint, region, { accessKeyId: account, secretAccessKey: 'sandbox' });
  }

  /**
   * A session of a role, as a service assumes it.
   *
   * @throws Error STS's refusal
   */
  async assume(caller: Caller, roleArn: string, name: string): Promise<Session> {
    const { credentials } = this.of(caller);
    const sts = new STSClient({ endpoint: this.endpoint, region: caller.region, credentials });
    try {
      const RoleSessionName = name.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, SESSION_NAME_MAX);
      const answer = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }));
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken } = answer.Credentials ?? {};
      if (!accessKeyId || !secretAccessKey) throw new Error(`STS answered no credentials for the role ${roleArn}.`);
      const sessionToken = SessionToken === undefined ? {} : { sessionToken: SessionToken };
      return new Session(this.endpoint, caller.region, { accessKeyId, secretAccessKey, ...sessionToken });
    } finally {
      sts.destroy();
    }
  }
}
