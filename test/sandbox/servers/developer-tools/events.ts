import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../../sandbox/deploy/clients';
import { ACCOUNT } from '../cloudformation/stacks';

/** An event as a rule's target gets it. */
export interface SeenEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What comes over the account's event bus, kept in a queue by a rule. */
export class Events {
  private readonly all: SeenEvent[] = [];

  private constructor(
    private readonly sqs: SQSClient,
    private readonly queue: string,
  ) {}

  static async listen(endpoint: string, sources: readonly string[]): Promise<Events> {
    const config = clientConfig(endpoint, ACCOUNT);
    const sqs = new SQSClient(config);
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const bridge = new EventBridgeClient(config);
    await bridge.send(new PutRuleCommand({ Name: 'all', EventPattern: JSON.stringify({ source: sources }) }));
    const target = { Id: 'queue', Arn: Attributes?.QueueArn ?? '' };
    await bridge.send(new PutTargetsCommand({ Rule: 'all', Targets: [target] }));
    bridge.destroy();
    return new Events(sqs, QueueUrl);
  }

  /** All events of a kind so far. */
  async of(detailType: string): Promise<SeenEvent[]> {
    for (;;) {
      const batch = { QueueUrl: this.queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand(batch));
      for (const { Body = '', ReceiptHandle } of Messages) {
        this.all.push(JSON.parse(Body) as SeenEvent);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queue, ReceiptHandle }));
      }
      if (Messages.length === 0) return this.all.filter((event) => event['detail-type'] === detailType);
    }
  }

  destroy(): void {
    this.sqs.destroy();
  }
}
