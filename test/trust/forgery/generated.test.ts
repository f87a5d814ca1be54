import fc from 'fast-check';
import { sized, tried } from '../../../trust/sizes';
import { CAPTURED_SECRET, capturedDeliveries, sentAt } from '../../support/captured-deliveries';
import {
  asSent,
  DATABRICKS,
  databricks,
  header,
  ID,
  MLFLOW,
  mlflow,
  NOW,
  startCapturedReceiver,
  TIMESTAMP,
  transition,
  withHeader,
  without,
} from '../../support/forging';
import type { Header, Sent } from '../../support/receiver';

const receiver = startCapturedReceiver();

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
    receiver.stages = { AWSCURRENT: CAPTURED_SECRET, AWSPREVIOUS: 'previous' };
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
    expect(new Set(receiver.calls.slice(calls))).toEqual(new Set(['GetSecretValue']));
    tried('forgery', cases);
  }, 600_000);

  test('a flood of them within a few seconds reads the secrets once', async () => {
    receiver.now = NOW + 2_000_000;
    await receiver.send(databricks(transition(), 'x'));
    const { length } = receiver.calls;
    for (let number = 0; number < 200; number++) {
      expect((await receiver.send(databricks(transition({ number }), 'x'))).statusCode).toBe(401);
    }
    expect(receiver.calls).toHaveLength(length);
  });
});
