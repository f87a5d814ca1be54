import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { type FakeStandIn, startFakeStandIn } from './cloudformation/fake-stand-in';
import { ACCOUNT, nodeFunction, outputsOf, type Resources, Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

let told: FakeStandIn;
let ministack: Part;
let stacks: Stacks;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  told = await startFakeStandIn();
  ministack = await startMiniStack();
  stacks = new Stacks(ministack.spec.url);
  secrets = new SecretsManagerClient(clientConfig(ministack.spec.url, ACCOUNT));
}, 400_000);
afterAll(async () => {
  stacks?.client.destroy();
  secrets?.destroy();
  await ministack?.stop();
  told?.close();
});
beforeEach(() => {
  told.answer = () => undefined;
  told.asked.length = 0;
});

/** Does what a rotation's steps are for, and fails at those that it is told to. */
const HANDLER = `
async function call(action, body) {
  const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.' + action,
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
}
exports.handler = async ({ Step, SecretId, ClientRequestToken }) => {
  const answer = await fetch(process.env.TOLD, { method: 'POST', body: JSON.stringify({ step: Step }) });
  if (!answer.ok) throw new Error('told to fail');
  if (Step === 'createSecret') {
    await call('PutSecretValue', { SecretId, ClientRequestToken, SecretString: 'new ' + ClientRequestToken, VersionStages: ['AWSPENDING'] });
  }
  if (Step === 'finishSecret') {
    const { VersionId } = await call('GetSecretValue', { SecretId });
    await call('UpdateSecretVersionStage', { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: VersionId });
  }
};`;

function resources(permission: object | undefined, schedule: object = {}): Resources {
  return {
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'first' } },
    ...nodeFunction(HANDLER, {
      Timeout: 30,
      Environment: { Variables: { TOLD: told.url } },
    }),
    ...(permission && {
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
          Action: 'lambda:InvokeFunction',
          Principal: 'secretsmanager.amazonaws.com',
          ...permission,
        },
      },
    }),
    Schedule: {
      Type: 'AWS::SecretsManager::RotationSchedule',
      ...(permission && { DependsOn: 'Permission' }),
      Properties: {
        SecretId: { Ref: 'Secret' },
        RotationLambdaARN: { 'Fn::GetAtt': ['Function', 'Arn'] },
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediatelyOnUpdate: false,
        ...schedule,
      },
    },
  };
}

async function deploy(name: string, ...of: Parameters<typeof resources>): Promise<string> {
  const stack = await stacks.create(name, templateOf(resources(...of), { Secret: { Ref: 'Secret' } }), [
    'CAPABILITY_IAM',
  ]);
  expect(await stacks.failures(name)).toEqual([]);
  return outputsOf(stack).Secret ?? '';
}

/** What the function tells is no question of MiniStack's. */
const stepOf = (asked: unknown) => (asked as { step: string }).step;
const steps = () => told.asked.map(stepOf);
async function untilSteps(count: number): Promise<string[]> {
  while (told.asked.length < count) await sleep(20);
  return steps();
}
const stagesOf = async (SecretId: string) =>
  (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};
async function untilRotated(SecretId: string): Promise<void> {
  while (!(await secrets.send(new DescribeSecretCommand({ SecretId }))).LastRotatedDate) await sleep(20);
}
const read = (SecretId: string, VersionStage: string) =>
  secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));

test.each([
  ['no permission', undefined],
  ["another account's permission", { SourceAccount: '999999999999' }],
])('a schedule whose function has %s fails its stack', async (_what, permission) => {
  const name = permission ? 'foreign' : 'none';
  await stacks.create(name, templateOf(resources(permission)), ['CAPABILITY_IAM']);
  expect(await stacks.failures(name)).toEqual(
    expect.arrayContaining([expect.stringContaining('Secrets Manager cannot invoke the specified Lambda function')]),
  );
});

test('a schedule that is not to rotate at once tries testSecret, and leaves no version', async () => {
  const secret = await deploy('tried', { SourceAccount: ACCOUNT });
  expect(await untilSteps(1)).toEqual(['testSecret']);
  while (Object.keys(await stagesOf(secret)).length > 1) await sleep(20);
  expect(Object.values(await stagesOf(secret))).toEqual([['AWSCURRENT']]);
});

test('a rotation runs its four steps, and a failed one begins anew with the same version', async () => {
  const secret = await deploy('rotated', { SourceAccount: ACCOUNT }, { RotateImmediatelyOnUpdate: false });
  await untilSteps(1);
  while (Object.keys(await stagesOf(secret)).length > 1) await sleep(20);
  told.asked.length = 0;
  let failures = 1;
  told.answer = (asked) => (stepOf(asked) === 'testSecret' && failures-- > 0 ? 'not yet' : undefined);
  const { VersionId } = await secrets.send(new RotateSecretCommand({ SecretId: secret }));
  await expect(read(secret, 'AWSPENDING')).rejects.toThrow('value');
  await expect(secrets.send(new RotateSecretCommand({ SecretId: secret }))).rejects.toThrow("isn't complete");
  await untilRotated(secret);
  const all = ['createSecret', 'setSecret', 'testSecret'];
  expect(steps()).toEqual([...all, ...all, 'finishSecret']);
  expect((await read(secret, 'AWSCURRENT')).SecretString).toBe(`new ${VersionId}`);
  expect((await read(secret, 'AWSPREVIOUS')).SecretString).toBe('first');
});

test('the value of a version is written once', async () => {
  const secret = await deploy('once', { SourceAccount: ACCOUNT });
  const { VersionId } = await read(secret, 'AWSCURRENT');
  const put = (SecretString: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: secret, ClientRequestToken: VersionId, SecretString }));
  await expect(put('other')).rejects.toThrow('already exists');
  expect((await read(secret, 'AWSCURRENT')).SecretString).toBe('first');
});
