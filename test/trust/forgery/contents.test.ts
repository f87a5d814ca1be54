import { tried } from '../../../trust/sizes';
import { CAPTURED_SECRET, capturedDeliveries } from '../../support/captured-deliveries';
import {
  asSent,
  expectRefused,
  FIRST,
  good,
  header,
  ID,
  mlflow,
  NOW,
  stage,
  startCapturedReceiver,
  TIMESTAMP,
  withHeader,
  without,
} from '../../support/forging';
import type { Sent } from '../../support/receiver';

const receiver = startCapturedReceiver();

/** Written cases: each could come from somebody without the secret, who may have seen real deliveries. */
const FORGED: readonly (readonly [string, () => Sent])[] = [
  ['another body', () => ({ ...good(), body: FIRST.raw.replace('example_model', 'churn') })],
  ['a body with a space more', () => ({ ...good(), body: `${FIRST.raw} ` })],
  ['a body with a byte order mark before it', () => ({ ...good(), body: `\ufeff${FIRST.raw}` })],
  ['a body that means the same', () => ({ ...good(), body: JSON.stringify(JSON.parse(FIRST.raw)) })],
  ['a body cut short', () => ({ ...good(), body: FIRST.raw.slice(0, -1) })],
  ['no body', () => ({ ...good(), body: '' })],
  ["another delivery's id", () => withHeader(good(), ID, header(asSent(capturedDeliveries[1] ?? FIRST), ID))],
  ['no id', () => ({ ...good(), headers: without(good().headers, ID) })],
  ['an id with a space', () => withHeader(good(), ID, `${header(good(), ID)} `)],
  ['no timestamp', () => ({ ...good(), headers: without(good().headers, TIMESTAMP) })],
  ['a timestamp of now on an old delivery', () => withHeader(good(), TIMESTAMP, String(NOW + 1))],
  ['a timestamp with zeros before it', () => withHeader(good(), TIMESTAMP, `00${NOW}`)],
  ['a timestamp with a fraction', () => withHeader(good(), TIMESTAMP, `${NOW}.0`)],
  ['a timestamp in other digits', () => withHeader(good(), TIMESTAMP, String(NOW).replace('1', '١'))],
  ['a signed timestamp that is no number', () => mlflow(FIRST.raw, CAPTURED_SECRET, 'NaN')],
  ['a signed timestamp that never ends', () => mlflow(FIRST.raw, CAPTURED_SECRET, 'Infinity')],
  ['a signed timestamp below zero', () => mlflow(FIRST.raw, CAPTURED_SECRET, '-1')],
  ['a signed timestamp in milliseconds', () => mlflow(FIRST.raw, CAPTURED_SECRET, String(NOW * 1000))],
  ['a huge id, signed', () => mlflow(FIRST.raw, CAPTURED_SECRET, String(NOW), 'i'.repeat(100_000))],
];

describe('a forged delivery with', () => {
  test.each(FORGED)('%s is refused', async (_what, forged) => {
    await expectRefused(receiver, forged());
    tried('forgery', 1);
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
});
