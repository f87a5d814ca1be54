import crypto from 'node:crypto';
import { BODY_MAX } from '../../../lambda/webhook/receive';
import { databricks, FIRST, good, MLFLOW, startCapturedReceiver } from '../../support/forging';

const receiver = startCapturedReceiver();

describe('a forged delivery with', () => {
  const lying = { headers: Object.fromEntries(good().headers) };
  test.each([
    ['a body that is not the base64 it is said to be', { ...lying, body: FIRST.raw, isBase64Encoded: true }],
    [
      'a body in base64 that is not said to be',
      { ...lying, body: Buffer.from(FIRST.raw).toString('base64'), isBase64Encoded: false },
    ],
    ['base64 of nothing', { ...lying, body: '====', isBase64Encoded: true }],
    ['base64 of more', { ...lying, body: `${Buffer.from(FIRST.raw).toString('base64')}AAAA`, isBase64Encoded: true }],
    ['no body and no headers', { headers: null as never, body: null, isBase64Encoded: false }],
    ['no body', { ...lying, body: null, isBase64Encoded: false }],
    ['no headers', { headers: null as never, body: FIRST.raw, isBase64Encoded: false }],
    ['a header without a value', { headers: { [MLFLOW]: undefined }, body: FIRST.raw, isBase64Encoded: false }],
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
