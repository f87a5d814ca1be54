import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CLAIM_SECONDS, Claims } from '../../../lambda/shared/store/claims';
import { Enrolments } from '../../../lambda/shared/store/enrolments';
import { Ledger } from '../../../lambda/shared/store/ledger';
import { VERIFIED } from '../../../lambda/shared/store/partitions';
import type { Table } from '../../../lambda/shared/store/table';
import { WRITE_ENTRY } from '../../../lib/model-sync/write-entry';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';

let table: Table;
let now = 1_000_000;

beforeAll(async () => {
  const { env } = await useSandbox();
  const client = new DynamoDBClient(clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID));
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
  const dead = new Set<string>();
  const runs = async (execution: string) => !dead.has(execution);

  test('one holder at a time; another one leaves word, and the holder plans again before it lets go', async () => {
    expect(await claims().claim('m', 'first', runs)).toBe(true);
    await claims().renew('m', 'first', true);
    expect(await claims().claim('m', 'second', runs)).toBe(false);
    expect(await claims().release('m', 'first')).toBe('first');
    await claims().renew('m', 'first', true);
    expect(await claims().release('m', 'first')).toBeUndefined();
    expect(await claims().claim('m', 'second', runs)).toBe(true);
    expect(await claims().release('m', 'second')).toBeUndefined();
  });

  test('word that comes while the plan is applied is kept through renewals', async () => {
    await claims().claim('kept', 'first', runs);
    await claims().renew('kept', 'first', true);
    await claims().claim('kept', 'second', runs);
    await claims().renew('kept', 'first');
    expect(await claims().release('kept', 'first')).toBe('first');
  });

  test('a holder that does not run any more loses its claim at once', async () => {
    await claims().claim('stopped', 'stopped-one', runs);
    dead.add('stopped-one');
    expect(await claims().claim('stopped', 'second', runs)).toBe(true);
    await expect(claims().renew('stopped', 'stopped-one')).rejects.toMatchObject({ name: 'ClaimLostError' });
    expect(await claims().claim('stopped', 'third', runs)).toBe(false);
    expect(await claims().release('stopped', 'second')).toBe('second');
  });

  test('a claim is passed on with the word that came; the one before may not write any more', async () => {
    await claims().claim('passed', 'first', runs);
    await claims().claim('passed', 'other', runs);
    await claims().handOver('passed', 'first', 'successor');
    await claims().handOver('passed', 'first', 'successor');
    await expect(claims().renew('passed', 'first')).rejects.toMatchObject({ name: 'ClaimLostError' });
    expect(await claims().release('passed', 'first')).toBe('successor');
    expect(await claims().claim('passed', 'successor', runs)).toBe(true);
    expect(await claims().release('passed', 'successor')).toBeUndefined();
    await expect(claims().handOver('passed', 'first', 'late')).rejects.toMatchObject({ name: 'ClaimLostError' });
  });

  test("a silent holder's claim expires, and it may not write any more", async () => {
    await claims().claim('dead', 'first', runs);
    now += CLAIM_SECONDS;
    expect(await claims().claim('dead', 'second', runs)).toBe(false);
    now += 1;
    expect(await claims().claim('dead', 'second', runs)).toBe(true);
    await expect(claims().renew('dead', 'first')).rejects.toMatchObject({ name: 'ClaimLostError' });
    expect(await claims().release('dead', 'first')).toBe('second');
    expect(await claims().claim('dead', 'third', runs)).toBe(false);
  });

  test('of many at once exactly one gets it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => claims().claim('busy', `h${index}`, runs)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('models are independent, and a repeated claim or release is harmless', async () => {
    expect(await claims().claim('a', 'one', runs)).toBe(true);
    expect(await claims().claim('b', 'two', runs)).toBe(true);
    expect(await claims().claim('a', 'one', runs)).toBe(true);
    expect(await claims().release('a', 'one')).toBeUndefined();
    expect(await claims().release('a', 'one')).toBeUndefined();
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

describe('the ledger', () => {
  const ledger = () => new Ledger(table);
  const verified = { desired: 'd', present: 'p', verifiedAt: 1_795_000_000_000, kept: 3 };

  /** Writes an entry as the state machine does once it has told of it. */
  async function write(modelName: string, revision: number): Promise<void> {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: VERIFIED, sk: modelName },
        ...WRITE_ENTRY,
        ExpressionAttributeValues: { ':verified': verified, ':revision': revision, ':one': 1 },
      }),
    );
  }

  test('has an entry until it is struck', async () => {
    expect(await ledger().read('m')).toEqual({ revision: 0 });
    await write('m', 0);
    expect(await ledger().read('m')).toEqual({ revision: 1, verified });
    expect(await ledger().strike('m')).toBe(2);
    expect(await ledger().read('m')).toEqual({ revision: 2 });
  });

  test('takes no entry from a plan that read before another one was written, or struck', async () => {
    const refused = { name: 'ConditionalCheckFailedException' };
    await write('late', 0);
    await expect(write('late', 0)).rejects.toMatchObject(refused);
    await ledger().strike('late');
    await expect(write('late', 1)).rejects.toMatchObject(refused);
    expect(await ledger().read('late')).toEqual({ revision: 2 });
    await write('late', 2);
    expect((await ledger().read('late')).verified).toEqual(verified);
  });

  test('keeps the clocks of absent packages, unless another plan has struck since', async () => {
    const revision = await ledger().strike('absent');
    await ledger().confirm('absent', 7);
    await ledger().setAbsences('absent', { 3: 5 }, revision);
    expect(await ledger().read('absent')).toEqual({ revision, absences: { 3: 5 }, confirmedUntil: 7 });
    await ledger().setAbsences('absent', undefined, revision - 1);
    expect(await ledger().read('absent')).toHaveProperty('absences');
    await ledger().setAbsences('absent', undefined, revision);
    expect(await ledger().read('absent')).toEqual({ revision });
  });

  test('is read whole, without what was struck', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `e${String(index).padStart(2, '0')}`);
    await Promise.all(names.map((name) => write(name, 0)));
    await ledger().strike('e07');
    const entries: string[] = [];
    for await (const [name] of ledger().entries()) {
      entries.push(name);
    }
    expect(entries.filter((name) => name.startsWith('e'))).toEqual(names.filter((name) => name !== 'e07'));
  });
});
