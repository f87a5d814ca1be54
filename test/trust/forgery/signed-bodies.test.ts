import { BODY_MAX } from '../../../lambda/webhook/receive';
import { databricks, mlflow, startCapturedReceiver, transition } from '../../support/forging';

const receiver = startCapturedReceiver();

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
