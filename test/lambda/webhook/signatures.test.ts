import { createHmac } from 'node:crypto';
import { claimOf, type Headers, isSigned } from '../../../lambda/webhook/signatures';

const SECRET = 's3cr3t-key';
const NOW = 1_795_464_120;
const BODY = Buffer.from('{"entity": "model_version"}');

const hex = (secret = SECRET) => createHmac('sha256', secret).update(BODY).digest('hex');

/** An MLflow server's headers, signed whatever the values are. */
function mlflow({
  id = '7f0c9a52-6d4b-4c7e-9d1f-0a1b2c3d4e5f',
  timestamp = String(NOW),
  secret = SECRET,
} = {}): Headers {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(BODY).digest('base64');
  return { 'x-mlflow-delivery-id': id, 'x-mlflow-timestamp': timestamp, 'x-mlflow-signature': `v1,${signature}` };
}

/** Who sent it, if it is signed with one of the secrets. */
function senderOf(headers: Headers, secrets = [SECRET]): string | undefined {
  const claim = claimOf(headers, BODY, NOW);
  return claim && isSigned(claim, secrets) ? claim.sender : undefined;
}

test('a delivery is of the sender whose signature it has', () => {
  expect(senderOf({ 'x-databricks-signature': hex() })).toBe('databricks');
  expect(senderOf(mlflow())).toBe('mlflow');
});

test.each<[string, Headers]>([
  ['a signature of each kind', { ...mlflow(), 'x-databricks-signature': hex() }],
  ['a signature of each kind, one of them empty', { ...mlflow(), 'x-databricks-signature': '' }],
  ['no signature at all', { ...mlflow(), 'x-mlflow-signature': undefined }],
  ['an empty signature', { ...mlflow(), 'x-mlflow-signature': '' }],
  ["an empty signature of Databricks'", { 'x-databricks-signature': '' }],
  ['no id', { ...mlflow({ id: 'undefined' }), 'x-mlflow-delivery-id': undefined }],
  ['an empty id', mlflow({ id: '' })],
  ['an id that could be a body', mlflow({ id: '{"a":1}' })],
  ['an id that ends in another form', mlflow({ id: 'id.1795464120' })],
  ['an id that begins in another form', mlflow({ id: '.id' })],
  ['a longer id than there is', mlflow({ id: 'i'.repeat(65) })],
  ['no time', { ...mlflow({ timestamp: 'undefined' }), 'x-mlflow-timestamp': undefined }],
  ['an empty time', mlflow({ timestamp: '' })],
  ['a time that begins with something else', mlflow({ timestamp: `x${NOW}` })],
  ['a time that ends with something else', mlflow({ timestamp: `${NOW}x` })],
  ['a time that is more than five minutes ago', mlflow({ timestamp: String(NOW - 301) })],
  ['a time that is more than five minutes ahead', mlflow({ timestamp: String(NOW + 301) })],
  ['more signatures than anybody sends', { ...mlflow(), 'x-mlflow-signature': 'v1,AAAA '.repeat(129) }],
  ["a longer signature of Databricks' than there is", { 'x-databricks-signature': 'a'.repeat(1_025) }],
])('a delivery with %s is nobody’s', (_what, headers) => {
  expect(claimOf(headers, BODY, NOW)).toBeUndefined();
});

test.each<[string, Headers]>([
  ['the longest id', mlflow({ id: `${'i'.repeat(62)}-_` })],
  ['the shortest id', mlflow({ id: '0' })],
  ['a time of five minutes ago', mlflow({ timestamp: String(NOW - 300) })],
  ['a time five minutes ahead', mlflow({ timestamp: String(NOW + 300) })],
  [
    'as many signatures as there may be',
    { ...mlflow(), 'x-mlflow-signature': `${mlflow()['x-mlflow-signature']} `.padEnd(1_024, 'v1,AAAA ') },
  ],
])('%s is taken', (_what, headers) => {
  expect(senderOf(headers)).toBe('mlflow');
});

test('any of the secrets will do, also several of them, and none is none', () => {
  const headers = { 'x-databricks-signature': hex('next') };
  expect(senderOf(headers, [SECRET, 'next', 'previous'])).toBe('databricks');
  expect(senderOf(headers, ['next', 'next'])).toBe('databricks');
  expect(senderOf(headers, [SECRET, 'previous'])).toBeUndefined();
  expect(senderOf(headers, [])).toBeUndefined();
  const twice = `${mlflow()['x-mlflow-signature']} ${mlflow({ secret: 'next' })['x-mlflow-signature']}`;
  expect(senderOf({ ...mlflow(), 'x-mlflow-signature': twice }, [SECRET, 'next'])).toBe('mlflow');
});

test('a right beginning, more than the right signature, and the one of the other sender are wrong', () => {
  for (const wrong of [hex().slice(0, -1), `${hex()}0`, hex().toUpperCase(), mlflow()['x-mlflow-signature']]) {
    expect(senderOf({ 'x-databricks-signature': wrong })).toBeUndefined();
  }
  expect(senderOf({ ...mlflow(), 'x-mlflow-signature': hex() })).toBeUndefined();
  expect(senderOf({ ...mlflow(), 'x-mlflow-signature': mlflow()['x-mlflow-signature']?.slice(3) })).toBeUndefined();
});

test('an empty secret proves nothing, whoever signed with it', () => {
  const claim = claimOf({ 'x-databricks-signature': hex('') }, BODY, NOW);
  expect(() => claim && isSigned(claim, ['', SECRET])).toThrow('the webhook secret is empty');
});
