import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CLAIM_SECONDS, Claims } from '../../../lambda/shared/store/claims';
import { Enrolments } from '../../../lambda/shared/store/enrolments';
import type { Table } from '../../../lambda/shared/store/table';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';

let table: Table;
let now = 1_000_000;

beforeAll(async () => {
  const { env } = await useSandbox();
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });
  const name = `claims-${Date.now()}`;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  table = { client: DynamoDBDocumentClient.from(client), name };
}, UP_TIMEOUT_MS);

describe('claims', () => {
  const claims = () => new Claims(table, () => now);

  test('one holder at a time; another one leaves word, and the holder plans again before it lets go', async () => {
    expect(await claims().claim('m', 'first')).toBe(true);
    await claims().renew('m', 'first', true);
    expect(await claims().claim('m', 'second')).toBe(false);
    expect(await claims().release('m', 'first')).toBe(false);
    await claims().renew('m', 'first', true);
    expect(await claims().release('m', 'first')).toBe(true);
    expect(await claims().claim('m', 'second')).toBe(true);
    expect(await claims().release('m', 'second')).toBe(true);
  });

  test('word that comes while the plan is applied is kept through renewals', async () => {
    await claims().claim('kept', 'first');
    await claims().renew('kept', 'first', true);
    await claims().claim('kept', 'second');
    await claims().renew('kept', 'first');
    expect(await claims().release('kept', 'first')).toBe(false);
  });

  test("a dead holder's claim expires, and the dead one may not write any more", async () => {
    await claims().claim('dead', 'first');
    now += CLAIM_SECONDS;
    expect(await claims().claim('dead', 'second')).toBe(false);
    now += 1;
    expect(await claims().claim('dead', 'second')).toBe(true);
    await expect(claims().renew('dead', 'first')).rejects.toMatchObject({ name: 'ClaimLostError' });
    expect(await claims().release('dead', 'first')).toBe(true);
    expect(await claims().claim('dead', 'third')).toBe(false);
  });

  test('of many at once exactly one gets it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => claims().claim('busy', `h${index}`)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('models are independent, and a repeated claim or release is harmless', async () => {
    expect(await claims().claim('a', 'one')).toBe(true);
    expect(await claims().claim('b', 'two')).toBe(true);
    expect(await claims().claim('a', 'one')).toBe(true);
    expect(await claims().release('a', 'one')).toBe(true);
    expect(await claims().release('a', 'one')).toBe(true);
  });
});

describe('enrolments', () => {
  const enrolments = () => new Enrolments(table);

  test('are held by those who asked, and go with the last', async () => {
    await enrolments().add('m', 'm', 'one');
    await enrolments().add('m', 'm', 'two');
    await enrolments().setStatus('m', 'active');
    await enrolments().add('m', 'm', 'two');
    expect(await enrolments().get('m')).toEqual({ modelName: 'm', groupName: 'm', status: 'active' });
    expect(await enrolments().remove('m', 'one')).toBe(false);
    expect(await enrolments().remove('m', 'two')).toBe(true);
    expect(await enrolments().remove('m', 'two')).toBe(true);
    expect(await enrolments().get('m')).toBeUndefined();
  });

  test('that are gone do not come back by a late status', async () => {
    await enrolments().setStatus('never', 'active');
    expect(await enrolments().get('never')).toBeUndefined();
  });

  test('are listed, all of them', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => enrolments().add(`l${index}`, `l${index}`, 'h')));
    expect((await enrolments().list()).filter(({ modelName }) => modelName.startsWith('l'))).toHaveLength(30);
  });
});
