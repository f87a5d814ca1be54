import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let databricks: Stage;

beforeAll(async () => {
  ({ databricks } = stages(await useSandbox()));
  await databricks.model();
}, UP_TIMEOUT_MS);

interface Completed {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
}

/** Receives the events of finished syncs of one model, as anybody who reacts to them would. */
async function listen({ env }: Stage, modelName: string): Promise<() => Promise<Completed[]>> {
  const config = clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID);
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const events = new EventBridgeClient(config);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: modelName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const pattern = {
    source: ['mlflow-mlops'],
    'detail-type': ['MLflow Model Sync Completed'],
    detail: { ModelName: [modelName] },
  };
  await events.send(new PutRuleCommand({ Name: modelName, EventPattern: JSON.stringify(pattern) }));
  await events.send(new PutTargetsCommand({ Rule: modelName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }));
  return async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return (Messages ?? []).map(({ Body }) => JSON.parse(Body ?? '{}') as Completed);
  };
}

test('each finished sync of a model is one event with what it did', async () => {
  const name = databricks.name('told');
  const version = await databricks.register(name);
  const group = await databricks.enrol(name);
  const receive = await listen(databricks, name);
  await transitionStage(databricks.env, name, version, 'Production');
  const [event, ...others] = await until('the event', async () => {
    const received = await receive();
    return received.length > 0 && received;
  });
  expect(others).toEqual([]);
  expect(event?.detail).toEqual({
    ModelName: name,
    ModelPackageGroupName: group,
    Created: 1,
    Updated: 0,
    Deleted: 0,
    Failed: 0,
    Blocked: 0,
    Waiting: 0,
    Failures: [],
    ExecutionArn: expect.stringContaining(':execution:'),
  });
}, 120_000);
