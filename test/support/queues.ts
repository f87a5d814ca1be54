import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../sandbox/deploy/clients';
import type { Stage } from './stories';

/** A client of the account's queues. */
export function sqsOf({ env }: Stage): SQSClient {
  return new SQSClient({
    ...clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID),
    useQueueUrlAsEndpoint: false,
  });
}

/** The addresses of all queues. */
export async function* queueUrls(client: SQSClient): AsyncGenerator<string> {
  for await (const { QueueUrls } of paginateListQueues({ client }, {})) {
    yield* QueueUrls ?? [];
  }
}

/** How many messages are in each queue of dead letters, by its name, which tells it from queues that tests listen with. */
export async function deadLetters(stage: Stage): Promise<Record<string, number>> {
  const client = sqsOf(stage);
  const letters: Record<string, number> = {};
  for await (const QueueUrl of queueUrls(client)) {
    const name = QueueUrl.split('/').at(-1) ?? '';
    if (!/dead-?letters/i.test(name)) {
      continue;
    }
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    letters[name] = Number(Attributes?.ApproximateNumberOfMessages);
  }
  return letters;
}
