import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The account of credentials that nobody knows, as MiniStack has it. */
const DEFAULT_ACCOUNT = '000000000000';

/** Whose an access key is. */
export interface KeyOwner {
  readonly account: string;
  /** The session of an assumed role, as STS names it; an account's own key has none. */
  readonly principal?: string;
}

/**
 * Tells whose an access key is. An account's own key is its number. Any other belongs to a session of an assumed role, which
 * MiniStack keeps and is asked for: GetCallerIdentity answers for the key that signs, and nothing checks the signature.
 */
export class Accounts {
  private readonly known = new Map<string, Promise<KeyOwner>>();

  /** @param endpoint where STS is */
  constructor(private readonly endpoint: string) {}

  async of(accessKey: string): Promise<KeyOwner> {
    if (/^\d{12}$/.test(accessKey)) return { account: accessKey };
    const known = this.known.get(accessKey) ?? this.ask(accessKey);
    this.known.set(accessKey, known);
    return known;
  }

  private async ask(accessKeyId: string): Promise<KeyOwner> {
    const sts = new STSClient({
      endpoint: this.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: 'sandbox' },
      maxAttempts: 1,
    });
    try {
      const { Account: account = DEFAULT_ACCOUNT, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
      return arn?.includes(':assumed-role/') ? { account, principal: arn } : { account };
    } catch {
      // Only MiniStack can know a key that is no account number; the call itself is answered by its own rules.
      this.known.delete(accessKeyId);
      return { account: DEFAULT_ACCOUNT };
    } finally {
      sts.destroy();
    }
  }
}
