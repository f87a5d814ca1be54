import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Caller } from './caller';
import { reasonOf } from './errors';

/** An event as a service sends it, without what EventBridge adds. */
export interface ServiceEvent {
  readonly detailType: string;
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Sends a service's events to the default bus of the account they are about, in order, one at a time. What is not delivered
 * is logged, and no API call fails for it.
 */
export class EventSender {
  private readonly clients = new Map<string, EventBridgeClient>();
  private last: Promise<void> = Promise.resolve();

  /**
   * @param service as it stands in sources (`aws.sagemaker`) and principals (`sagemaker.amazonaws.com`)
   * @param endpoint where EventBridge is
   */
  constructor(
    private readonly service: string,
    private readonly endpoint: string,
    private readonly log: (line: string) => void,
  ) {}

  send(caller: Caller, event: ServiceEvent): void {
    this.last = this.last.then(() => this.put(caller, event));
  }

  /** Resolves when everything that was sent so far has been delivered, or given up. */
  async delivered(): Promise<void> {
    await this.last;
  }

  /** Waits for what is on its way, then lets the connections go. */
  async close(): Promise<void> {
    await this.delivered();
    for (const client of this.clients.values()) client.destroy();
  }

  private async put(caller: Caller, { detailType, resource, detail }: ServiceEvent): Promise<void> {
    try {
      const entry = {
        Source: `aws.${this.service}`,
        DetailType: detailType,
        Resources: [resource],
        Detail: JSON.stringify(detail),
      };
      const answer = await this.client(caller).send(new PutEventsCommand({ Entries: [entry] }));
      const refusal = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refusal) throw new Error(`${refusal.ErrorCode}: ${refusal.ErrorMessage}`);
    } catch (error) {
      this.log(`An event was not delivered: ${detailType} of ${resource}: ${reasonOf(error)}`);
    }
  }

  private client(caller: Caller): EventBridgeClient {
    const key = `${caller.account}/${caller.region}`;
    const known = this.clients.get(key);
    if (known) return known;
    const client = new EventBridgeClient({
      endpoint: this.endpoint,
      region: caller.region,
      credentials: { accessKeyId: caller.account, secretAccessKey: 'sandbox' },
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
    });
    const principal = `${this.service}.amazonaws.com`;
    client.middlewareStack.add((next) => (args) => next(asService(principal, args)), { step: 'build' });
    this.clients.set(key, client);
    return client;
  }
}

/** EventBridge takes `aws.*` sources from AWS's services only; a service names itself by its principal. */
function asService<Args extends { readonly request: unknown }>(principal: string, args: Args): Args {
  const { headers } = args.request as { headers: Record<string, string> };
  headers['x-service-principal'] = principal;
  return args;
}
