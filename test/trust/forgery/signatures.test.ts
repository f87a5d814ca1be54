import { createHash, createHmac } from 'node:crypto';
import { tried } from '../../../trust/sizes';
import { CAPTURED_SECRET } from '../../support/captured-deliveries';
import {
  DATABRICKS,
  databricks,
  expectRefused,
  FIRST,
  good,
  header,
  MLFLOW,
  mlflow,
  stage,
  startCapturedReceiver,
  transition,
  withHeader,
  without,
} from '../../support/forging';
import type { Sent } from '../../support/receiver';

const receiver = startCapturedReceiver();

/** Written cases: each could come from somebody without the secret, who may have seen real deliveries. */
const FORGED: readonly (readonly [string, () => Sent])[] = [
  ['no signature', () => ({ ...good(), headers: without(good().headers, MLFLOW) })],
  ['nothing at all', () => ({ headers: [], body: '' })],
  ['an empty signature', () => withHeader(good(), MLFLOW, '')],
  ['a signature of nothing', () => withHeader(good(), MLFLOW, 'v1,')],
  ['another key', () => mlflow(FIRST.raw, 'another')],
  ['no key', () => mlflow(FIRST.raw, '')],
  ['the key with a space', () => mlflow(FIRST.raw, `${CAPTURED_SECRET} `)],
  ['the key in upper case', () => mlflow(FIRST.raw, CAPTURED_SECRET.toUpperCase())],
  ['the key cut short', () => databricks(transition(), CAPTURED_SECRET.slice(0, -1))],
  [
    'the hash of the key as the key',
    () => mlflow(FIRST.raw, createHash('sha256').update(CAPTURED_SECRET).digest('hex')),
  ],
  ['a key that is not ASCII and looks the same', () => mlflow(FIRST.raw, CAPTURED_SECRET.replace('e', 'е'))],
  [
    'a hash without a key',
    () => withHeader(stage(), DATABRICKS, createHash('sha256').update(transition()).digest('hex')),
  ],
  [
    'SHA-1',
    () => withHeader(stage(), DATABRICKS, createHmac('sha1', CAPTURED_SECRET).update(transition()).digest('hex')),
  ],
  ['an older scheme', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', 'v0,'))],
  ['a scheme without its name', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', ''))],
  ['a scheme in upper case', () => withHeader(good(), MLFLOW, header(good(), MLFLOW).replace('v1,', 'V1,'))],
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
  ['a signature that is a name of all objects', () => withHeader(stage(), DATABRICKS, '__proto__')],
];

describe('a forged delivery with', () => {
  test.each(FORGED)('%s is refused', async (_what, forged) => {
    await expectRefused(receiver, forged());
    tried('forgery', 1);
  });
});
