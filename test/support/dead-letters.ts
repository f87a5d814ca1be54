import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../sandbox/deploy/clients';
import type { Stage } from './stories';

/** How many messages are in each queue of dead letters, by its name; the account has no other queues. */
export async function deadLetters({ env }: Stage): Promise<Record<string, number>> {
  const client = new SQSClient({
    ...clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID),
    useQueueUrlAsEndpoint: false,
  });
  const letters: Record<string, number> = {};
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, {})) {
    for (const QueueUrl of QueueUrls) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      letters[QueueUrl.split('/').at(-1) ?? ''] = Number(Attributes?.ApproximateNumberOfMessages);
    }
  }
  return letters;
}
