import { parseCredentials } from '../../../../lambda/shared/registry/credentials';

const parse = (secret: object) => parseCredentials(JSON.stringify(secret));

test.each([
  [
    { DATABRICKS_HOST: 'https://x.cloud.databricks.com/', DATABRICKS_TOKEN: 'dapi1' },
    { kind: 'databricks', url: 'https://x.cloud.databricks.com', authorization: { kind: 'bearer', token: 'dapi1' } },
  ],
  [
    { DATABRICKS_HOST: 'x.cloud.databricks.com', DATABRICKS_USERNAME: 'u', DATABRICKS_PASSWORD: 'p' },
    {
      kind: 'databricks',
      url: 'https://x.cloud.databricks.com',
      authorization: { kind: 'basic', username: 'u', password: 'p' },
    },
  ],
  [
    { MLFLOW_TRACKING_URI: 'http://mlflow.internal:5000/team/', MLFLOW_TRACKING_TOKEN: 't' },
    { kind: 'open-source', url: 'http://mlflow.internal:5000/team', authorization: { kind: 'bearer', token: 't' } },
  ],
  [
    {
      MLFLOW_TRACKING_URI: 'https://m',
      MLFLOW_TRACKING_USERNAME: 'u',
      MLFLOW_TRACKING_PASSWORD: 'p',
      MLFLOW_TRACKING_TOKEN: 't',
    },
    { kind: 'open-source', url: 'https://m', authorization: { kind: 'basic', username: 'u', password: 'p' } },
  ],
])('%j', (secret, credentials) => {
  expect(parse(secret)).toEqual(credentials);
});

test.each([
  ['nothing', {}, /names no registry/],
  ['a host alone', { DATABRICKS_HOST: 'https://x' }, /neither a token/],
  ['a user without a password', { MLFLOW_TRACKING_URI: 'https://x', MLFLOW_TRACKING_USERNAME: 'u' }, /neither a token/],
  ['a number', { DATABRICKS_HOST: 7, DATABRICKS_TOKEN: 'hunter2' }, /DATABRICKS_HOST/],
  ['no URL', { DATABRICKS_HOST: 'ht tp://', DATABRICKS_TOKEN: 'hunter2' }, /not an URL/],
  [
    'credentials in the URL',
    { MLFLOW_TRACKING_URI: 'https://u:hunter2@x', MLFLOW_TRACKING_TOKEN: 't' },
    /keys of their own/,
  ],
])('%s is refused by its keys, without its values', (_what, secret, message) => {
  expect(() => parse(secret)).toThrow(message);
  expect(() => parse(secret)).not.toThrow(/hunter2/);
});

test('what is not JSON is refused without being shown', () => {
  expect(() => parseCredentials('hunter2')).toThrow(/not JSON/);
  expect(() => parseCredentials('hunter2')).not.toThrow(/hunter2/);
});
