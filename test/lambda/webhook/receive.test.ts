import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, BODY_MAX, type Effects, rawDelivery, receive } from '../../../lambda/webhook/receive';
import { claimOf, isSigned } from '../../../lambda/webhook/signatures';

const SECRET = 's3cr3t-key';
const NOW = 1_795_464_120;

interface Captured {
  path: string;
  headers: Record<string, string>;
  raw: string;
  sig_ok: boolean | null;
}
/** Deliveries of a real MLflow server that held {@link SECRET}. */
const captured: Captured[] = readFileSync(join(__dirname, '../../captured/webhook-deliveries.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Captured)
  .filter(({ sig_ok: good }) => good === true);

function lower(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}

interface World extends Effects {
  readonly started: [string, string | Buffer][];
}

function world(over: Partial<Effects> = {}): World {
  const started: [string, string | Buffer][] = [];
  return {
    started,
    keyring: async () => [SECRET],
    now: () => NOW,
    isEnrolled: async () => true,
    start: async (modelName, identity) => {
      started.push([modelName, identity]);
      return 'execution-name';
    },
    report: (error) => {
      throw error;
    },
    ...over,
  };
}

async function databricks(body: unknown, effects: Effects = world(), signature?: string): Promise<Answer> {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const signed = signature ?? createHmac('sha256', SECRET).update(raw).digest('hex');
  return receive({ headers: { 'x-databricks-signature': signed }, body: raw }, effects);
}

function mlflowHeaders(raw: string, timestamp = String(NOW), id = 'delivery-1'): Record<string, string> {
  const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${raw}`).digest('base64');
  return { 'x-mlflow-delivery-id': id, 'x-mlflow-timestamp': timestamp, 'x-mlflow-signature': `v1,${signature}` };
}

const transition = {
  event: 'MODEL_VERSION_TRANSITIONED_STAGE',
  webhook_id: 'w1',
  event_timestamp: 1_795_464_000_000,
  model_name: 'churn',
  version: '3',
  to_stage: 'Production',
  from_stage: 'None',
  text: 'someone transitioned churn version 3 from None to Production.',
};
const alias = {
  entity: 'model_version_alias',
  action: 'created',
  data: { name: 'churn', alias: 'production', version: '1' },
};

describe("MLflow's own deliveries", () => {
  test('there are some to test with', () => expect(captured.length).toBeGreaterThan(5));

  test.each(captured.map((delivery) => [delivery.raw.slice(0, 60), delivery] as const))(
    '%s verifies',
    (_raw, { headers, raw }) => {
      const sent = Number(headers['X-MLflow-Timestamp']);
      const verify = (body: string, now: number) => {
        const claim = claimOf(lower(headers), Buffer.from(body), now);
        return claim && isSigned(claim, [SECRET]) ? claim.sender : undefined;
      };
      expect(verify(raw, sent)).toBe('mlflow');
      expect(verify(raw, sent + 300)).toBe('mlflow');
      expect(verify(raw, sent + 301)).toBeUndefined();
      expect(verify(raw, sent - 301)).toBeUndefined();
      expect(verify(`${raw} `, sent)).toBeUndefined();
    },
  );
});

describe('an answer to', () => {
  test('a stage transition is the execution that it started', async () => {
    const effects = world();
    expect(await databricks(transition, effects)).toEqual({ status: 202, body: { execution: 'execution-name' } });
    expect(effects.started).toEqual([['churn', Buffer.from(JSON.stringify(transition))]]);
  });

  test('an alias is the execution, known by the delivery', async () => {
    const effects = world();
    const raw = JSON.stringify(alias);
    const answer = await receive({ headers: mlflowHeaders(raw), body: Buffer.from(raw) }, effects);
    expect(answer).toEqual({ status: 202, body: { execution: 'execution-name' } });
    expect(effects.started).toEqual([['churn', 'delivery-1']]);
  });

  test('a stage transition is known by its body, whatever else a header says that nobody signed', async () => {
    const effects = world();
    const raw = Buffer.from(JSON.stringify(transition));
    const signature = createHmac('sha256', SECRET).update(raw).digest('hex');
    const headers = { 'x-databricks-signature': signature, 'x-mlflow-delivery-id': 'delivery-1' };
    expect((await receive({ headers, body: raw }, effects)).status).toBe(202);
    expect(effects.started).toEqual([['churn', raw]]);
  });

  test('several signatures is yes when one of them is good', async () => {
    const raw = JSON.stringify(alias);
    const headers = mlflowHeaders(raw);
    const both = { ...headers, 'x-mlflow-signature': `v1,AAAA ${headers['x-mlflow-signature']}` };
    expect((await receive({ headers: both, body: Buffer.from(raw) }, world())).status).toBe(202);
  });

  test('what is signed with another accepted secret is the same', async () => {
    const signature = createHmac('sha256', 'previous').update(JSON.stringify(transition)).digest('hex');
    const effects = world({ keyring: async () => [SECRET, 'previous'] });
    expect((await databricks(transition, effects, signature)).status).toBe(202);
  });

  test('more than anybody sends is 413, and no secret is read for it', async () => {
    const asked = world({ keyring: () => Promise.reject(new Error('asked')) });
    expect(await databricks(' '.repeat(BODY_MAX + 1), asked)).toEqual({
      status: 413,
      body: { message: 'a body has 262144 bytes at most' },
    });
    expect((await databricks(`${' '.repeat(BODY_MAX - 2)}{}`)).status).toBe(400);
  });

  test('no signature is 401, and no secret is read for it', async () => {
    const asked = world({ keyring: () => Promise.reject(new Error('asked')) });
    expect((await receive({ headers: {}, body: Buffer.from('{}') }, asked)).status).toBe(401);
  });

  test.each([
    ['no signature', {}],
    ['an empty signature', { 'x-databricks-signature': '' }],
    ['a wrong signature', { 'x-databricks-signature': 'a'.repeat(64) }],
    [
      'a signature under another key',
      { 'x-databricks-signature': createHmac('sha256', 'x').update('{}').digest('hex') },
    ],
    ['an MLflow signature without its id', { ...mlflowHeaders('{}'), 'x-mlflow-delivery-id': undefined }],
    ['a timestamp with trailing junk', mlflowHeaders('{}', `${NOW}abc`)],
    ['an old delivery', mlflowHeaders('{}', String(NOW - 301))],
  ])('%s is 401 without a hint', async (_what, headers) => {
    const effects = world();
    const answer = await receive({ headers, body: Buffer.from('{}') }, effects);
    expect(answer).toEqual({ status: 401, body: { message: 'unauthorized' } });
    expect(effects.started).toEqual([]);
  });

  test.each([
    ['not JSON', 'hello'],
    ['not UTF-8', Buffer.from([0xff, 0xfe]).toString('latin1')],
    ['an array', []],
    ['no event', { model_name: 'churn' }],
    ['a model name that is no text', { ...transition, model_name: 7 }],
    ['no model name', { ...transition, model_name: '' }],
    ['a model name that no registry takes', { ...transition, model_name: 'm'.repeat(257) }],
    ['a model name that is no Unicode', { ...transition, model_name: '\ud800' }],
  ])('a signed body that is %s is 400 with a reason', async (_what, body) => {
    const answer = await databricks(body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/^(body|event|model_name): ./);
  });

  test.each([
    ['a test delivery', { ...transition, text: 'This is a test' }],
    ['a comment', { ...transition, event: 'COMMENT_CREATED' }],
  ])('%s is 200 and starts nothing', async (_what, body) => {
    const effects = world();
    expect(await databricks(body, effects)).toEqual({ status: 200, body: { message: expect.stringMatching(/./) } });
    expect(effects.started).toEqual([]);
  });

  test('a real event of a model that is called test is no test', async () => {
    const body = {
      ...transition,
      model_name: 'test',
      text: "Registered model 'test' version 1 transitioned to Production.",
    };
    expect((await databricks(body)).status).toBe(202);
  });

  test('an event of a model that is not enrolled is 200 and starts nothing', async () => {
    const effects = world({ isEnrolled: async () => false });
    const body = { message: 'the model is not enrolled' };
    expect(await databricks(transition, effects)).toEqual({ status: 200, body });
    expect(effects.started).toEqual([]);
  });

  test.each([
    ['a secret that cannot be read', { keyring: () => Promise.reject(new Error('denied')) }],
    ['an empty secret', { keyring: async () => [''] }],
    ['a table that does not answer', { isEnrolled: () => Promise.reject(new Error('throttled')) }],
    ['a sync that cannot be started', { start: () => Promise.reject(new Error('throttled')) }],
  ])('%s is 503, so that the sender comes again, without the reason', async (_what, over) => {
    const reported: unknown[] = [];
    const answer = await databricks(transition, world({ ...over, report: (error) => reported.push(error) }));
    expect(answer).toEqual({ status: 503, body: { message: 'the sync could not be started: send again' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/denied|throttled|empty/);
    expect(reported).toHaveLength(1);
  });
});

describe('the wire', () => {
  const body = Buffer.from([0x7b, 0x22, 0xc3, 0xa9, 0x22, 0x3a, 0x31, 0x7d]);

  test('a body in base64 is the same body', () => {
    const plain = rawDelivery({ headers: {}, body: body.toString('utf8'), isBase64Encoded: false });
    expect(rawDelivery({ headers: {}, body: body.toString('base64'), isBase64Encoded: true })).toEqual(plain);
    expect(plain.body).toEqual(body);
  });

  test('header names are taken in any case, and nothing at all is no body', () => {
    const event = { headers: { 'X-DATABRICKS-Signature': 'a' }, body: null, isBase64Encoded: false };
    expect(rawDelivery(event)).toEqual({ headers: { 'x-databricks-signature': 'a' }, body: Buffer.alloc(0) });
  });

  test.each([
    ['two values', { headers: { 'X-A': 'b' }, multiValueHeaders: { 'X-A': ['a', 'b'] } }],
    ['the same value twice', { headers: { 'X-A': 'a' }, multiValueHeaders: { 'X-A': ['a', 'a'] } }],
    ['two spellings', { headers: { 'X-A': 'a', 'x-a': 'a' } }],
  ])('a header with %s is empty', (_what, headers) => {
    const { headers: raw } = rawDelivery({ body: null, isBase64Encoded: false, ...headers });
    expect(raw).toEqual({ 'x-a': '' });
  });

  test('of no headers at all there are none', () => {
    expect(rawDelivery({ headers: null, multiValueHeaders: null, body: '', isBase64Encoded: false }).headers).toEqual(
      {},
    );
  });

  test('a header that came once has its value', () => {
    const headers = { headers: { 'X-A': 'a' }, multiValueHeaders: { 'X-A': ['a'] } };
    expect(rawDelivery({ body: null, isBase64Encoded: false, ...headers }).headers).toEqual({ 'x-a': 'a' });
  });
});
