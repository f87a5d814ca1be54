import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { VERIFIED } from '../../../lambda/shared/store/partitions';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { tried } from '../../../trust/sizes';
import { alarmsSince } from '../../support/alarms';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const WAIT_MS = 72 * 60 * 60 * 1_000;

let stage: Stage;

beforeAll(async () => {
  // This registry tells nobody of a deletion or a transition, so that nothing happens but what is done here.
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

/** Sets back the clock of an absent package, as if so much time had passed. */
async function passed(modelName: string, packageArn: string, milliseconds: number): Promise<void> {
  const { env } = stage;
  const client = new DynamoDBClient(clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID));
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: TableNames.find((one) => one.includes('ModelSync')),
      Key: { pk: VERIFIED, sk: modelName },
      UpdateExpression: 'SET absences.#number = absences.#number - :passed',
      ExpressionAttributeNames: { '#number': packageArn.split('/').at(-1) ?? '' },
      ExpressionAttributeValues: { ':passed': milliseconds },
    }),
  );
}

test('packages of deleted versions stay until the waiting time has passed or a person confirms; archived ones go at once', async () => {
  const name = stage.name('protected');
  for (let version = 1; version <= 4; version++) {
    await transitionStage(stage.env, name, await stage.register(name), 'Staging');
  }
  const group = await stage.enrol(name);
  await stage.sync({ modelName: name });
  const arnOf = async (version: string) =>
    (await listPackages(stage.aws, group)).find(({ metadata }) => metadata.mlflow_version === version)?.arn ?? '';
  for (const version of ['1', '2']) {
    await call(stage.env, 'DELETE', 'model-versions/delete', { name, version });
  }
  await transitionStage(stage.env, name, '3', 'Archived');

  const since = Date.now();
  const blocked = await stage.sync({ modelName: name });
  expect(blocked).toMatchObject({
    status: 'SUCCEEDED',
    output: { models: [{ outcome: 'blocked', blocked: 2, deleted: 1 }] },
  });
  const [model] = blocked.output.models;
  expect(Date.parse(String(model?.deletesAt)) - since).toBeGreaterThan(WAIT_MS - 60_000);
  expect(JSON.stringify(model?.failures)).toContain(await arnOf('1'));
  expect(await stage.versionsIn(group)).toEqual(['1', '2', '4']);
  expect(await alarmsSince(stage, since)).toContain('deletions-blocked');

  await passed(name, await arnOf('1'), WAIT_MS);
  const full = await stage.sync({}, () => false);
  expect(JSON.stringify(full.output)).toContain(name);
  expect(await stage.versionsIn(group)).toEqual(['2', '4']);

  const confirmed = await stage.sync({ modelName: name, confirmDeletions: true });
  expect(confirmed.output.models[0]).toMatchObject({ outcome: 'synced', deleted: 1 });
  expect(await stage.versionsIn(group)).toEqual(['4']);
  tried('deletion-protection', 1);
}, 300_000);
