import { App } from 'aws-cdk-lib';
import { settingsOf } from '../../lib/settings';
import { everyTemplate } from '../support/every-template';

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
    api: { kind: 'public' },
    kmsKeyArn: undefined,
    manualApproval: [],
    deletionWaitHours: 72,
    supersededHours: 24,
    environmentImages: 'automatic',
    environmentIndexes: [],
    environmentIndexSecret: undefined,
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

test('the API is for everybody, for some addresses, or for VPC endpoints', () => {
  const api = (value: unknown) => settings({ 'mlflow-mlops:api': value }).api;
  expect(api('public')).toEqual({ kind: 'public' });
  const allow = ['203.0.113.0/24', '198.51.100.7/32', '2001:db8::/32'];
  expect(api({ allow })).toEqual({ kind: 'addresses', allow });
  expect(api(JSON.stringify({ allow }))).toEqual({ kind: 'addresses', allow });
  const vpcEndpoints = ['vpce-0123456789abcdef0', 'vpce-01234567'];
  expect(api({ vpcEndpoints })).toEqual({ kind: 'private', vpcEndpoints });
});

test('a key is given by its ARN', () => {
  const arn = 'arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  expect(settings({ 'mlflow-mlops:kms-key': arn }).kmsKeyArn).toBe(arn);
});

test('package indexes are addresses, and their credentials a secret', () => {
  const given = {
    'mlflow-mlops:environment-indexes': '["https://pypi.example.com/simple"]',
    'mlflow-mlops:environment-index-secret': 'pypi/credentials',
  };
  expect(settings(given)).toMatchObject({
    environmentIndexes: ['https://pypi.example.com/simple'],
    environmentIndexSecret: 'pypi/credentials',
  });
});

test('an environment whose packages wait for a person is named; those that are not mentioned do not wait', () => {
  const manual = (value: unknown) => settings({ 'mlflow-mlops:approval': value }).manualApproval;
  expect(manual({ production: 'PendingManualApproval' })).toEqual(['Production']);
  expect(manual({ staging: 'PendingManualApproval', production: 'PendingManualApproval' })).toEqual([
    'Staging',
    'Production',
  ]);
  expect(manual({ staging: 'Approved', production: 'Approved' })).toEqual([]);
});

test.each([
  [{ 'mlflow-mlops:api': 'private' }, /mlflow-mlops:api \("private"\): give "public", {"allow": .* or {"vpcEndpoints"/],
  [{ 'mlflow-mlops:api': {} }, /mlflow-mlops:api \({}\): give "public"/],
  [{ 'mlflow-mlops:api': { allow: [] } }, /mlflow-mlops:api\.allow .*name one range/],
  [{ 'mlflow-mlops:api': { allow: ['0.0.0.0/0'], vpcEndpoints: [] } }, /mlflow-mlops:api.*give "public"/],
  [{ 'mlflow-mlops:api': { allow: ['203.0.113.7'] } }, /mlflow-mlops:api\.allow\.0.*CIDR notation, such as 203/],
  [{ 'mlflow-mlops:api': { allow: ['10.0.0.0/8', '10.0.0.0/33'] } }, /mlflow-mlops:api\.allow\.1.*CIDR notation/],
  [{ 'mlflow-mlops:api': { allow: ['2001:db8::/129'] } }, /mlflow-mlops:api\.allow\.0.*CIDR notation/],
  [{ 'mlflow-mlops:api': { vpcEndpoints: ['vpc-0123'] } }, /mlflow-mlops:api\.vpcEndpoints\.0.*such as vpce-/],
  [{ 'mlflow-mlops:kms-key': 'alias/mine' }, /mlflow-mlops:kms-key \("alias\/mine"\).*not an alias/],
  [{ 'mlflow-mlops:approval': 'manual' }, /mlflow-mlops:approval \("manual"\)/],
  [{ 'mlflow-mlops:approval': { prod: 'Approved' } }, /mlflow-mlops:approval.*"prod".*staging and production/],
  [
    { 'mlflow-mlops:approval': { production: 'Rejected' } },
    /mlflow-mlops:approval\.production.*"Approved"\|"PendingManualApproval"/,
  ],
  [{ 'mlflow-mlops:deletion-wait-hours': 0 }, /mlflow-mlops:deletion-wait-hours \(0\): .*>=1/],
  [{ 'mlflow-mlops:deletion-wait-hours': '"3 days"' }, /mlflow-mlops:deletion-wait-hours .*number/],
  [{ 'mlflow-mlops:environment-indexes': ['http://pypi.example.com/simple'] }, /environment-indexes\.0.*https:/],
  [
    { 'mlflow-mlops:environment-indexes': ['https://user:word@pypi.example.com/simple'] },
    /environment-indexes\.0.*mlflow-mlops:environment-index-secret/,
  ],
  [{ 'mlflow-mlops:environment-index-secret': 'arn:aws:secretsmanager:x:1:secret:y' }, /index-secret.*not its ARN/],
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

// CodePipeline cannot prepare a change set of a large template that is not ASCII.
describe('what is not ASCII', () => {
  it.each([
    ['artifact-store', { bucket: 'files', prefix: 'modèles' }],
    ['source', { type: 'connection', connectionArn: 'arn:aws:x', repository: 'acme/größe' }],
    ['source', { type: 'connection', connectionArn: 'arn:aws:x', repository: 'acme/a', branch: 'größe' }],
    ['source', { type: 'connection', connectionArn: 'arn:aws:ü', repository: 'acme/a' }],
  ])('is refused in %s', (name, value) => {
    expect(() => settings({ [`mlflow-mlops:${name}`]: value })).toThrow('ASCII');
  });

  it('is encoded in the address of the runbook', () => {
    const { runbookUrl } = settings({ 'mlflow-mlops:runbook-url': 'https://wiki.müller.example/störung' });
    expect(runbookUrl).toBe('https://wiki.xn--mller-kva.example/st%C3%B6rung');
  });
});

test('every template is ASCII', () => {
  expect(everyTemplate().filter((template) => /[^ -~]/.test(JSON.stringify(template)))).toEqual([]);
}, 300_000);
