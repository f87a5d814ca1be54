import { App } from 'aws-cdk-lib';
import { settingsOf } from '../../lib/settings';

function settings(context: Record<string, unknown>) {
  return settingsOf(new App({ context }).node);
}

test('without context: the pipeline from CodeCommit, no access yet, released versions only', () => {
  expect(settings({})).toEqual({
    pipeline: true,
    source: { type: 'codecommit' },
    access: { roles: [], groups: [] },
    artifactStore: undefined,
    alarmEmails: [],
    runbookUrl: undefined,
    unreleasedProduct: false,
  });
});

test('the command line gives text, cdk.json gives JSON: both are taken', () => {
  const access = { roles: ['DataScientist'], groups: ['ml'] };
  expect(settings({ 'mlflow-mlops:pipeline': 'false', 'mlflow-mlops:access': access })).toMatchObject({
    pipeline: false,
    access,
  });
  expect(settings({ 'mlflow-mlops:access': JSON.stringify(access) })).toMatchObject({ access });
});

test('an artifact store is a bucket, whole unless a prefix is given', () => {
  expect(settings({ 'mlflow-mlops:artifact-store': { bucket: 'my-artifacts' } }).artifactStore).toEqual({
    bucket: 'my-artifacts',
    prefix: '',
  });
  expect(settings({ 'mlflow-mlops:artifact-store': null }).artifactStore).toBeUndefined();
});

test('a repository behind a connection needs no branch: main is meant', () => {
  const source = { type: 'connection', connectionArn: 'arn:aws:codeconnections:x', repository: 'acme/mlflow-mlops' };
  expect(settings({ 'mlflow-mlops:source': source }).source).toEqual({ ...source, branch: 'main' });
});

test.each([
  [{ 'mlflow-mlops:source': { type: 'github' } }, /mlflow-mlops:source\.type \(\{"type":"github"\}\)/],
  [{ 'mlflow-mlops:source': { type: 'connection', connectionArn: 'arn:x', repository: 'alone' } }, /give owner\/name/],
  [{ 'mlflow-mlops:access': { roles: ['arn:aws:iam::1:role/x'] } }, /not its ARN/],
  [{ 'mlflow-mlops:access': { users: ['x'] } }, /mlflow-mlops:access.*users/],
  [{ 'mlflow-mlops:artifact-store': 's3://b/a' }, /mlflow-mlops:artifact-store \("s3:\/\/b\/a"\)/],
  [{ 'mlflow-mlops:artifact-store': { bucket: 's3://my-artifacts' } }, /artifact-store\.bucket.*without s3:/],
  [
    { 'mlflow-mlops:artifact-store': { bucket: 'b-1', prefix: '/a' } },
    /artifact-store\.prefix.*neither begins nor ends/,
  ],
  [{ 'mlflow-mlops:artifact-store': { bucket: 'b-1', prefix: 'a/*' } }, /artifact-store\.prefix.*without \*/],
  [
    { 'mlflow-mlops:artifact-store': { bucket: 'b-1', kmsKeyArn: 'alias/x' } },
    /artifact-store\.kmsKeyArn.*not an alias/,
  ],
  [{ 'mlflow-mlops:alarm-emails': 'ops@example.com' }, /mlflow-mlops:alarm-emails \("ops@example\.com"\)/],
  [{ 'mlflow-mlops:alarm-emails': ['ops'] }, /mlflow-mlops:alarm-emails\.0 \(\["ops"\]\): give addresses/],
  [{ 'mlflow-mlops:runbook-url': 'docs/runbook.md' }, /mlflow-mlops:runbook-url.*give an address/],
  [{ 'mlflow-mlops:pipeline': 'maybe' }, /mlflow-mlops:pipeline \("maybe"\)/],
])('a wrong setting %j is named with its value', (context, message) => {
  expect(() => settings(context)).toThrow(message);
});
