import crypto, { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { BODY_MAX } from '../../lambda/webhook/receive';
import { claimOf, isSigned } from '../../lambda/webhook/signatures';
import { sized, tried } from '../../trust/sizes';
import { CAPTURED_SECRET, type CapturedDelivery, capturedDeliveries, sentAt } from '../support/captured-deliveries';
import { type Header, type Sent, startReceiver } from '../support/receiver';

const RUN = 'forgery';
const receiver = startReceiver(CAPTURED_SECRET);

const [first] = capturedDeliveries as [CapturedDelivery, ...CapturedDelivery[]];
const NOW = sentAt(first);

beforeEach(() => {
  receiver.now = NOW;
  receiver.stages = { AWSCURRENT: CAPTURED_SECRET };
});

const asSent = ({ headers, raw }: CapturedDelivery): Sent => ({ headers: Object.entries(headers), body: raw });
const without = (headers: readonly Header[], ...names: string[]) =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()));
const withHeader = (sent: Sent, name: string, value: string): Sent => ({
  ...sent,
  headers: [...without(sent.headers, name.toLowerCase()), [name, value]],
});
const header = ({ headers }: Sent, name: string) =>
  headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? '';

function mlflow(body: string | Buffer, secret = CAPTURED_SECRET, timestamp = String(NOW), id = 'd-1'): Sent {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return {
    headers: [
      ['X-MLflow-Delivery-Id', id],
      ['X-MLflow-Timestamp', timestamp],
      ['X-MLflow-Signature', `v1,${signature}`],
    ],
    body,
  };
}
function databricks(body: string | Buffer, secret = CAPTURED_SECRET): Sent {
  return { headers: [['X-Databricks-Signature', createHmac('sha256', secret).update(body).digest('hex')]], body };
}
const transition = (over: object = {}) =>
  JSON.stringify({ event: 'MODEL_VERSION_TRANSITIONED_STAGE', model_name: 'churn', text: 'churn', ...over });
const ID = 'x-mlflow-delivery-id';
const TIMESTAMP = 'x-mlflow-timestamp';
const MLFLOW = 'x-mlflow-signature';
const DATABRICKS = 'x-databricks-signature';

const good = () => asSent(first);
const stage = () => databricks(transition());

test.each(capturedDeliveries.map((one) => [one.raw.slice(0, 60), one] as const))(
  'the real one is taken: %s',
  async (_raw, delivery) => {
    receiver.now = sentAt(delivery);
    expect([200, 202]).toContain((await receiver.send(asSent(delivery))).statusCode);
    // As what API Gateway has for bytes.
    expect([200, 202]).toContain(
      (await receiver.send({ ...asSent(delivery), body: Buffer.from(delivery.raw) })).statusCode,
    );
  },
);

/** Written cases: each could come from somebody without the secret, who may have seen real deliveries. */
const FORGED: readonly (readonly [string, () => Sent])[] = [
  ['no signature', () => ({ ...good(), headers: without(good().headers, MLFLOW) })],
  ['nothing at all', () => ({ headers: [], body: '' })],
  ['an empty signature', () => withHeader(good(), MLFLOW, '')],
  ['a signature of nothing', () => withHeader(good(), MLFLOW, 'v1,')],
  ['another key', () => mlflow(first.raw, 'another')],
  ['no key', () => mlflow(first.raw, '')],
  ['the key with a space', () => mlflow(first.raw, `${CAPTURED_SECRET} `)],
  ['the key in upper case', () => mlflow(first.raw, CAPTURED_SECRET.toUpperCase())],
  ['the key cut short', () => databricks(transition(), CAPTURED_SECRET.slice(0, -1))],
  [
    'the hash of the key as the key',
    () => mlflow(first.raw, crypto.createHash('sha256').update(CAPTURED_SECRET).digest('hex')),
  ],
  ['a key that is not ASCII and looks the same', () => mlflow(first.raw, CAPTURED_SECRET.replace('e', 'е'))],
  [
    'a hash without a key',
    () => withHeader(stage(), DATABRICKS, crypto.createHash('sha256').update(transition()).digest('hex')),
  ],
  [
    'SHA-1',
    () => withHeader(stage(), DATABRICKS, createHmac('sha1', CAPTURED_SECRET).update(transition()).digest('hex')),
  ],
  ['an older scheme', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', 'v0,'))],
  ['a scheme without its name', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', ''))],
  ['a scheme in upper case', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', 'V1,'))],
  ['another body', () => ({ ...good(), body: first.raw.replace('example_model', 'churn') })],
  ['a body with a space more', () => ({ ...good(), body: `${first.raw} ` })],
  ['a body with a byte order mark before it', () => ({ ...good(), body: `\ufeff${first.raw}` })],
  ['a body that means the same', () => ({ ...good(), body: JSON.stringify(JSON.parse(first.raw)) })],
  ['a body cut short', () => ({ ...good(), body: first.raw.slice(0, -1) })],
  ['no body', () => ({ ...good(), body: '' })],
  ["another delivery's id", () => withHeader(good(), ID, header(asSent(capturedDeliveries[1] ?? first), ID))],
  ['no id', () => ({ ...good(), headers: without(good().headers, ID) })],
  ['an id with a space', () => withHeader(good(), ID, `${header(good(), ID)} `)],
  ['no timestamp', () => ({ ...good(), headers: without(good().headers, TIMESTAMP) })],
  ['a timestamp of now on an old delivery', () => withHeader(good(), TIMESTAMP, String(NOW + 1))],
  ['a timestamp with zeros before it', () => withHeader(good(), TIMESTAMP, `00${NOW}`)],
  ['a timestamp with a fraction', () => withHeader(good(), TIMESTAMP, `${NOW}.0`)],
  ['a timestamp in other digits', () => withHeader(good(), TIMESTAMP, String(NOW).replace('1', '١'))],
  ['a signed timestamp that is no number', () => mlflow(first.raw, CAPTURED_SECRET, 'NaN')],
  ['a signed timestamp that never ends', () => mlflow(first.raw, CAPTURED_SECRET, 'Infinity')],
  ['a signed timestamp below zero', () => mlflow(first.raw, CAPTURED_SECRET, '-1')],
  ['a signed timestamp in milliseconds', () => mlflow(first.raw, CAPTURED_SECRET, String(NOW * 1000))],
  [
    'id and timestamp for each other',
    () => withHeader(withHeader(good(), ID, String(NOW)), TIMESTAMP, header(good(), ID)),
  ],
  [
    'id and signature for each other',
    () => withHeader(withHeader(good(), ID, header(good(), MLFLOW)), MLFLOW, header(good(), ID)),
  ],
  [
    'two signatures, the right one last',
    () => ({
      ...good(),
      headers: [...without(good().headers, MLFLOW), [MLFLOW, 'v1,AAAA'], [MLFLOW, header(good(), MLFLOW)]],
    }),
  ],
  [
    'two signatures, the right one first',
    () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Signature', 'v1,AAAA']] }),
  ],
  [
    'the right signature twice',
    () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Signature', header(good(), MLFLOW)]] }),
  ],
  [
    'the right signature in two spellings',
    () => ({ ...good(), headers: [...good().headers, [MLFLOW, header(good(), MLFLOW)]] }),
  ],
  ['two ids', () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Delivery-Id', 'other']] })],
  ['two timestamps', () => ({ ...good(), headers: [...good().headers, [TIMESTAMP, String(NOW)]] })],
  ['two Databricks signatures', () => ({ ...stage(), headers: [...stage().headers, ...stage().headers] })],
  [
    'two signatures joined by a comma',
    () => withHeader(stage(), DATABRICKS, `${header(stage(), DATABRICKS)},${'0'.repeat(64)}`),
  ],
  ["both senders' signatures", () => ({ ...good(), headers: [...good().headers, ...databricks(first.raw).headers] })],
  [
    "both senders' signatures, one of them doubled",
    () => ({ ...stage(), headers: [...stage().headers, ...mlflow(transition()).headers, [MLFLOW, 'x']] }),
  ],
  [
    "a signature in the other sender's header",
    () => withHeader(stage(), DATABRICKS, header(mlflow(transition()), MLFLOW)),
  ],
  [
    "the other sender's signature in MLflow's header",
    () => withHeader(good(), MLFLOW, header(databricks(first.raw), DATABRICKS)),
  ],
  [
    "the other sender's signature with MLflow's name",
    () => withHeader(good(), MLFLOW, `v1,${header(databricks(first.raw), DATABRICKS)}`),
  ],
  ['hex in upper case', () => withHeader(stage(), DATABRICKS, header(stage(), DATABRICKS).toUpperCase())],
  ['hex with a digit less', () => withHeader(stage(), DATABRICKS, header(stage(), DATABRICKS).slice(0, -1))],
  ['hex with a digit more', () => withHeader(stage(), DATABRICKS, `${header(stage(), DATABRICKS)}0`)],
  ['hex with a space', () => withHeader(stage(), DATABRICKS, ` ${header(stage(), DATABRICKS)}`)],
  ['hex with its algorithm', () => withHeader(stage(), DATABRICKS, `sha256=${header(stage(), DATABRICKS)}`)],
  [
    'hex in base64',
    () => withHeader(stage(), DATABRICKS, Buffer.from(header(stage(), DATABRICKS), 'hex').toString('base64')),
  ],
  ['base64 cut short', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).slice(0, -1))],
  ['base64 without its padding', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace(/=+$/, ''))],
  ['base64 that goes on', () => withHeader(good(), MLFLOW, `${header(good(), MLFLOW)}A`)],
  [
    'base64 for addresses',
    () => {
      // One whose signature has what is written in another way there.
      const bodies = Array.from({ length: 100 }, (_, number) => mlflow(transition({ number })));
      const sent = bodies.find((one) => /[+/]/.test(header(one, MLFLOW))) ?? good();
      return withHeader(sent, MLFLOW, header(sent, MLFLOW).replaceAll('+', '-').replaceAll('/', '_'));
    },
  ],
  ['a thousand wrong signatures', () => withHeader(good(), MLFLOW, Array(1_000).fill('v1,AAAA').join(' '))],
  [
    'the right one after a thousand wrong signatures',
    () => withHeader(good(), MLFLOW, `${'v1,AAAA '.repeat(1_000)}${header(good(), MLFLOW)}`),
  ],
  ['a thousand spaces', () => withHeader(good(), MLFLOW, ' '.repeat(1_000))],
  ['a huge signature', () => withHeader(good(), MLFLOW, 'v'.repeat(10_000_000))],
  ['a huge id, signed', () => mlflow(first.raw, CAPTURED_SECRET, String(NOW), 'i'.repeat(100_000))],
  ['a signature that is a name of all objects', () => withHeader(stage(), DATABRICKS, '__proto__')],
  [
    'signatures in headers of that name',
    () => ({
      headers: [
        ['__proto__', header(stage(), DATABRICKS)],
        ['constructor', 'x'],
      ],
      body: transition(),
    }),
  ],
  [
    'a signature in the body',
    () => ({ headers: [], body: transition({ 'X-Databricks-Signature': header(stage(), DATABRICKS) }) }),
  ],
  [
    "a body that another sender's signature covers: id and timestamp before it",
    () => {
      const seen = mlflow(first.raw, CAPTURED_SECRET, String(NOW), 'd-1');
      const hex = Buffer.from(header(seen, MLFLOW).slice(3), 'base64').toString('hex');
      // Covered, so it is read, and is no JSON.
      return { headers: [[DATABRICKS, hex]], body: `d-1.${NOW}.${first.raw}` };
    },
  ],
  [
    "a body that another sender's signature covers: its beginning as the id",
    () => {
      const rest = '{"entity":"model_version","action":"created","data":{"name":"churn"}}';
      const seen = databricks(`{"event":"MODEL_VERSION_CREATED","model_name":"a.${NOW}.${rest}`);
      const base64 = Buffer.from(header(seen, DATABRICKS), 'hex').toString('base64');
      const id = '{"event":"MODEL_VERSION_CREATED","model_name":"a';
      return {
        headers: [
          [ID, id],
          [TIMESTAMP, String(NOW)],
          [MLFLOW, `v1,${base64}`],
        ],
        body: rest,
      };
    },
  ],
];

describe('a forged delivery with', () => {
  test.each(FORGED)('%s is refused', async (what, forged) => {
    const { length } = receiver.started;
    const { statusCode } = await receiver.send(forged());
    expect(statusCode).toBe(what.includes('id and timestamp before it') ? 400 : 401);
    expect(receiver.started).toHaveLength(length);
  });

  test.each([301, 3_600, -301])('a date that is %d seconds off is refused', async (seconds) => {
    receiver.now = NOW + seconds;
    expect((await receiver.send(good())).statusCode).toBe(401);
  });

  test('replayed within its time, it is known by its id: the same execution, which exists', async () => {
    const one = await receiver.send(good());
    receiver.now = NOW + 300;
    const two = await receiver.send(good());
    expect([two.statusCode, two.body]).toEqual([one.statusCode, one.body]);
    const changed = await receiver.send(stage());
    expect((await receiver.send(stage())).body).toBe(changed.body);
  });

  const lying = { headers: Object.fromEntries(good().headers) };
  test.each([
    ['a body that is not the base64 it is said to be', { ...lying, body: first.raw, isBase64Encoded: true }],
    [
      'a body in base64 that is not said to be',
      { ...lying, body: Buffer.from(first.raw).toString('base64'), isBase64Encoded: false },
    ],
    ['base64 of nothing', { ...lying, body: '====', isBase64Encoded: true }],
    ['base64 of more', { ...lying, body: `${Buffer.from(first.raw).toString('base64')}AAAA`, isBase64Encoded: true }],
    ['no body and no headers', { headers: null as never, body: null, isBase64Encoded: false }],
    ['no body', { ...lying, body: null, isBase64Encoded: false }],
    ['no headers', { headers: null as never, body: first.raw, isBase64Encoded: false }],
    ['a header without a value', { headers: { [MLFLOW]: undefined }, body: first.raw, isBase64Encoded: false }],
  ])('%s is refused', async (_what, event) => {
    expect((await receiver.invoke(event)).statusCode).toBe(401);
  });

  test.each([BODY_MAX + 1, 10 * 1024 * 1024])('%d bytes is refused before anything is hashed', async (bytes) => {
    const sent = databricks(' '.repeat(bytes));
    const hashed = jest.spyOn(crypto, 'createHmac');
    expect((await receiver.send(sent)).statusCode).toBe(413);
    expect((await receiver.send({ ...sent, body: Buffer.alloc(bytes) })).statusCode).toBe(413);
    expect(hashed).not.toHaveBeenCalled();
    hashed.mockRestore();
  });
});

describe('a signed delivery that means harm', () => {
  const deep = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;
  const entity = (data: string, rest = '') => `{"entity":"model_version","action":"created","data":${data}${rest}}`;
  const hostile: readonly (readonly [string, string | Buffer, number])[] = [
    ['a prototype', `{"__proto__":{"event":"MODEL_VERSION_CREATED","model_name":"churn"}}`, 400],
    ['a prototype with a name', `{"event":"MODEL_VERSION_CREATED","__proto__":{"model_name":"churn"}}`, 400],
    ['a constructor', `{"event":"MODEL_VERSION_CREATED","constructor":{"prototype":{"model_name":"churn"}}}`, 400],
    ['arrays 10,000 deep', deep(10_000, '[', ']'), 400],
    ['objects 10,000 deep', deep(10_000, '{"a":', '}'), 400],
    ['arrays as deep as they can be', deep(BODY_MAX / 2 - 1, '[', ']'), 400],
    ['depth where nobody looks', transition({ more: 1 }).replace('"more":1', `"more":${deep(10_000, '[', ']')}`), 202],
    ['depth in the name', transition().replace('"churn"', deep(10_000, '[', ']')), 400],
    ['a byte order mark', `\ufeff${transition()}`, 202],
    ['UTF-16', Buffer.from(transition(), 'utf16le'), 400],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(transition()), Buffer.from([0xff])]), 400],
    ['half a character in the name', transition().replace('churn', '\\ud800'), 400],
    ['a name that no registry takes', transition({ model_name: 'm'.repeat(257) }), 400],
    ['a name of all objects', transition({ model_name: '__proto__' }), 202],
    ['a name that ends in NUL', transition({ model_name: 'churn\u0000' }), 202],
    ['a name like a path', transition({ model_name: '../../churn' }), 202],
    ['a name that comes twice', `{"event":"MODEL_VERSION_CREATED","model_name":"a","model_name":"churn"}`, 202],
    ['a name that is an object', transition({ model_name: { toString: 'churn' } }), 400],
    ['nothing', '', 400],
    ['null', 'null', 400],
    ['a number that is too large', '1e999', 400],
    ['a number without an end', `1${'0'.repeat(200_000)}`, 400],
    ['a text without an end', `"${'a'.repeat(200_000)}`, 400],
    ['no JSON', 'NaN', 400],
    ['as many bytes as there may be', `${' '.repeat(BODY_MAX - 4)}null`, 400],
  ];

  test.each(hostile)('%s does none', async (_what, body, status) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    expect((await receiver.send(databricks(body))).statusCode).toBe(status);
    expect([400, 200]).toContain((await receiver.send(mlflow(body))).statusCode);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { model_name?: string }).model_name).toBeUndefined();
  });

  test.each([
    ['a prototype', entity('{"__proto__":{"name":"churn"}}'), 400],
    ['a prototype for its data', entity('{}', ',"__proto__":{"data":{"name":"churn"}}'), 400],
    ['depth in its data', entity(`{"name":"churn","tags":${deep(10_000, '{"a":', '}')}}`), 202],
    ['data that is an array', entity('[{"name":"churn"}]'), 400],
    ['data that is nothing', entity('null'), 400],
  ])('%s of MLflow does none', async (_what, body, status) => {
    expect((await receiver.send(mlflow(body))).statusCode).toBe(status);
  });
});

test.each([
  ['not ASCII', 'sécrèt-鍵-🔑'],
  ['as long as one can be', 'k'.repeat(65_536)],
  ['with spaces and a line', ' a b\n'],
])('a secret that is %s signs, and nothing else does', async (_what, secret) => {
  // Remembered for a minute.
  receiver.now = NOW + 1_000_000;
  receiver.stages = { AWSCURRENT: secret };
  const at = String(receiver.now);
  expect((await receiver.send(databricks(transition(), secret))).statusCode).toBe(202);
  expect((await receiver.send(mlflow(first.raw, secret, at))).statusCode).toBe(202);
  for (const other of [
    CAPTURED_SECRET,
    secret.trim(),
    Buffer.from(secret, 'latin1').toString('latin1'),
    secret.slice(1),
  ]) {
    if (other !== secret) {
      expect((await receiver.send(databricks(transition(), other))).statusCode).toBe(401);
    }
  }
  receiver.now += 1_000;
  receiver.stages = { AWSCURRENT: CAPTURED_SECRET };
  expect((await receiver.send(stage())).statusCode).toBe(202);
});

describe('generated forgeries', () => {
  const index = fc.nat({ max: 1_000_000 });
  const bit = fc.integer({ min: 0, max: 7 });
  const flipText = (text: string, at: number, which: number) =>
    [...text]
      .map((one, i) => (i === at % text.length ? String.fromCharCode(one.charCodeAt(0) ^ (1 << which)) : one))
      .join('');
  const flipped = (name: string) =>
    fc.tuple(index, bit).map(
      ([at, which]) =>
        (sent: Sent) =>
          withHeader(sent, name, flipText(header(sent, name), at, which)),
    );
  /** Each makes of a real delivery one that nobody signed. */
  const mutation: fc.Arbitrary<(sent: Sent) => Sent> = fc.oneof(
    fc.tuple(index, bit).map(([at, which]) => (sent: Sent) => {
      const body = Buffer.from(sent.body);
      const place = at % body.length;
      body[place] = (body[place] ?? 0) ^ (1 << which);
      return { ...sent, body };
    }),
    flipped(ID),
    flipped(TIMESTAMP),
    flipped(MLFLOW),
    // Names are the same in any case: that bit is left alone.
    fc
      .tuple(fc.constantFrom(ID, TIMESTAMP, MLFLOW), index, bit)
      .filter(([, , which]) => which !== 5)
      .map(([name, at, which]) => (sent: Sent) => ({
        ...sent,
        headers: [...without(sent.headers, name), [flipText(name, at, which), header(sent, name)] as Header],
      })),
    fc.tuple(index, index).map(([from, length]) => (sent: Sent) => {
      const body = Buffer.from(sent.body);
      const begin = from % body.length;
      return { ...sent, body: Buffer.concat([body.subarray(0, begin), body.subarray(begin + 1 + (length % 50))]) };
    }),
    fc.tuple(index, fc.uint8Array({ minLength: 1, maxLength: 50 })).map(([at, more]) => (sent: Sent) => {
      const body = Buffer.from(sent.body);
      const place = at % (body.length + 1);
      return { ...sent, body: Buffer.concat([body.subarray(0, place), more, body.subarray(place)]) };
    }),
    fc.tuple(fc.constantFrom(ID, TIMESTAMP, MLFLOW), fc.string()).map(
      ([name, value]) =>
        (sent: Sent) =>
          value === header(sent, name) ? withHeader(sent, name, '') : withHeader(sent, name, value),
    ),
    fc.tuple(fc.constantFrom(ID, TIMESTAMP, MLFLOW), fc.string()).map(([name, value]) => (sent: Sent) => ({
      ...sent,
      headers: [...sent.headers, [name, value] as Header],
    })),
    fc
      .constantFrom(...capturedDeliveries)
      .map(
        (other) => (sent: Sent) =>
          other.raw === sent.body ? withHeader(sent, MLFLOW, 'v1,') : { ...sent, body: other.raw },
      ),
    fc
      .string({ minLength: 1 })
      .map(
        (key) => (sent: Sent) =>
          key === CAPTURED_SECRET
            ? withHeader(sent, MLFLOW, '')
            : mlflow(sent.body, key, header(sent, TIMESTAMP), header(sent, ID)),
      ),
    fc
      .array(fc.base64String({ maxLength: 60 }), { maxLength: 20 })
      .map((many) => (sent: Sent) => withHeader(sent, MLFLOW, many.map((one) => `v1,${one}`).join(' '))),
    fc.stringMatching(/^[0-9a-f]{64}$/).map(
      (hex) =>
        (sent: Sent): Sent => ({ headers: [[DATABRICKS, hex]], body: sent.body }),
    ),
  );

  test('none is taken, none is answered with an error of the server, none starts anything', async () => {
    const cases = sized(1_000, 10_000);
    receiver.stages = { AWSCURRENT: CAPTURED_SECRET, AWSPENDING: 'pending', AWSPREVIOUS: 'previous' };
    const { length } = receiver.started;
    const calls = receiver.calls.length;
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...capturedDeliveries), mutation, async (delivery, mutate) => {
        receiver.now = sentAt(delivery);
        const { statusCode } = await receiver.send(mutate(asSent(delivery)));
        statuses.add(statusCode);
        expect(statusCode).toBe(401);
      }),
      { numRuns: cases },
    );
    expect([...statuses]).toEqual([401]);
    expect(receiver.started).toHaveLength(length);
    expect(new Set(receiver.calls.slice(calls))).toEqual(new Set(['GetSecretValue', 'GetItem']));
    tried(RUN, cases + FORGED.length);
  }, 120_000);

  test('a flood of them within a few seconds makes one look for other secrets', async () => {
    receiver.now = NOW + 2_000_000;
    await receiver.send(databricks(transition(), 'x'));
    const { length } = receiver.calls;
    for (let number = 0; number < 200; number++) {
      expect((await receiver.send(databricks(transition({ number }), 'x'))).statusCode).toBe(401);
    }
    expect(receiver.calls).toHaveLength(length);
  });
});

describe('how long it takes tells nothing: whatever is right,', () => {
  const secrets = ['one', 'two', 'three'];
  const body = Buffer.from(first.raw);
  const right = (secret: string) => header(mlflow(first.raw, secret), MLFLOW);
  const wrong = 'v1,'.padEnd(47, 'A');

  /** What is compared for some signatures: how often, and of what lengths. */
  function compared(signatures: string): { result: boolean; lengths: number[][]; hashes: number } {
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const hash = jest.spyOn(crypto, 'createHmac');
    const claim = claimOf({ [ID]: 'd-1', [TIMESTAMP]: String(NOW), [MLFLOW]: signatures }, body, NOW);
    const result = claim !== undefined && isSigned(claim, secrets);
    const lengths = compare.mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength));
    const hashes = hash.mock.calls.length;
    compare.mockRestore();
    hash.mockRestore();
    return { result, lengths, hashes };
  }

  test.each([
    ['nothing', [wrong, wrong, wrong], false],
    ['nothing, and of other lengths', ['v1,', 'x', wrong.slice(0, 20)], false],
    ['nothing but the beginning', [right('one').slice(0, -2), right('two').slice(0, 10), wrong], false],
    ['the first signature under the first secret', [right('one'), wrong, wrong], true],
    ['the last signature under the last secret', [wrong, wrong, right('three')], true],
    ['all of them', secrets.map(right), true],
  ])('%s, all are compared by digests of the same length', (_what, signatures, expected) => {
    const { result, lengths, hashes } = compared(signatures.join(' '));
    expect(result).toBe(expected);
    expect(lengths).toEqual(Array(9).fill([32, 32]));
    // A digest for each of three signatures, and two for each of three secrets.
    expect(hashes).toBe(9);
  });
});
