import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SandboxContext } from '../../../sandbox/cli/context';
import { enrolModel } from '../../../sandbox/demo/enrolment';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { sized, tried } from '../../../trust/sizes';
import { post, signed, transition } from '../../support/deliveries';
import { comeBack, goAway } from '../../support/outage';
import { RegistrySecret } from '../../support/registry-secret';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';
import { type Surface, surfaces } from '../../support/surfaces';

/** What tells a signature from other hexadecimal digits, in addresses that a registry or a store signed. */
const SIGNATURES = /(?:signature|x-amz-signature|x-amz-security-token|x-amz-credential|sig)=[\w%+/-]{16,}/i;

let context: SandboxContext;
let stage: Stage;
let registrySecret: RegistrySecret;
let name: string;
let version: string;
/** Each by what it is. */
const canaries = new Map<string, string>();

beforeAll(async () => {
  context = await useSandbox();
  stage = stages(context).databricks;
  registrySecret = new RegistrySecret(stage);
  name = stage.name('secretive');
  await stage.model();
  version = await stage.register(name);
  await stage.enrol(name);
  canaries.set('the token', stage.env.MLFLOW_TRACKING_TOKEN ?? '');
  canaries.set("the webhooks' secret", stage.env.WEBHOOK_SECRET);
}, UP_TIMEOUT_MS);

afterEach(() => comeBack(stage));

/** Keeps all events of the account in a queue. */
async function listen(): Promise<void> {
  const config = clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID);
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const events = new EventBridgeClient(config);
  const QueueName = `events-${name}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ source: [{ prefix: '' }] });
  await events.send(new PutRuleCommand({ Name: QueueName, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: QueueName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }));
}

/** The secret as it is, and as it may be written into a header, an address or JSON. */
function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret)];
  return [...new Set(forms.map((form) => form.replace(/^"|"$/g, '')))];
}

function secretsIn(text: string): string[] {
  return [...canaries]
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([what]) => what);
}

/** A sync of the model as it is now, whatever the ledger says. */
const look = () => stage.sync({ modelName: name, verify: true });

/** What people are told when a model is enrolled while something is wrong. */
function enrolmentFails(base: string): Promise<string> {
  return enrolModel(stage.aws, stage.name(base), stage.name(base)).then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
}

test('a good sync, a bad version, and a registry that repeats what it is sent', async () => {
  await listen();
  await transitionStage(stage.env, name, version, 'Staging');
  expect((await look()).status).toBe('SUCCEEDED');

  await goAway(stage, { seconds: 120, status: 400, echo: true });
  const echoed = await look();
  expect(echoed.cause).toContain('with authorization: Bearer ***');
  expect(await enrolmentFails('echoed')).toContain('with authorization: Bearer ***');

  await goAway(stage, { seconds: 120, status: 401, echo: true });
  expect((await look()).cause).toContain('refused the credentials (401)');
  expect(await enrolmentFails('expired')).toContain('refused the credentials (401)');
  await comeBack(stage);

  // The address that the registry signed is repeated by the store.
  await transitionStage(stage.behind, name, await stage.register(name, (await stage.model()).source), 'Staging');
  await goAway(stage, { seconds: 120, status: 400, echo: true, path: 'signed-download/model-versions' });
  expect((await look()).cause).toMatch(/It heard GET [^ ]*signature=\*\*\*/);
  await comeBack(stage);
  expect((await look()).status).toBe('SUCCEEDED');
  tried('secrets', 5);
}, 300_000);

test('deliveries that are forged, outdated or make no sense', async () => {
  const forged = `forged-${randomUUID()}`;
  canaries.set("a stranger's header", forged);
  const body = transition(name, { note: forged });
  const answers = [
    await post(stage, body, { 'X-Databricks-Signature': forged, Authorization: `Bearer ${forged}` }),
    await post(stage, body, {
      'X-MLflow-Delivery-Id': forged,
      'X-MLflow-Timestamp': String(Math.floor(Date.now() / 1_000)),
      'X-MLflow-Signature': `v1,${forged}`,
    }),
    await post(stage, `[${JSON.stringify(forged)}`, signed(stage, `[${JSON.stringify(forged)}`)),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 400]);
  expect(secretsIn(JSON.stringify(answers))).toEqual([]);
  tried('secrets', answers.length);
}, 60_000);

/** Secrets of the user's that are wrong in a way of their own, with what the sync says of each. */
const WRONG = [
  ['a wrong token', (canary: string) => ({ DATABRICKS_TOKEN: canary }), /refused the credentials \(403\)/],
  [
    'a wrong password',
    (canary: string) => ({ DATABRICKS_USERNAME: 'ann', DATABRICKS_PASSWORD: canary }),
    /refused the credentials \(403\)/,
  ],
  ['a token over two lines', (canary: string) => ({ DATABRICKS_TOKEN: `${canary}\n${canary}` }), /is not valid/],
  ['a host with a password', (canary: string) => ({ DATABRICKS_HOST: `https://ann:${canary}@x` }), /holds credentials/],
  ['no JSON', (canary: string) => `{"DATABRICKS_TOKEN": ${canary}`, /is not JSON/],
] as const;

test('secrets that are wrong', async () => {
  const good = await registrySecret.read();
  const { DATABRICKS_HOST } = JSON.parse(good) as { DATABRICKS_HOST: string };
  try {
    // A function reads a secret once a minute: each of them takes that long.
    for (const [what, secretOf, said] of WRONG.slice(0, sized(0, WRONG.length))) {
      const canary = `wrong-${randomUUID()}`;
      canaries.set(what, canary);
      const wrong = secretOf(canary);
      if (what === 'a wrong password') {
        canaries.set('its header', Buffer.from(`ann:${canary}`).toString('base64'));
      }
      const text = typeof wrong === 'string' ? wrong : JSON.stringify({ DATABRICKS_HOST, ...wrong });
      expect(secretsIn(text)).toContain(what);
      await registrySecret.change(text, name, ({ cause }) => said.test(cause));
      await goAway(stage, { seconds: 120, status: 400, echo: true });
      expect((await look()).status).toBe('FAILED');
      await comeBack(stage);
      expect(await enrolmentFails(what.replaceAll(' ', '-'))).toMatch(/secret/);
      tried('secrets', 3);
    }
  } finally {
    await registrySecret.change(good, name, ({ status }) => status === 'SUCCEEDED');
  }
}, 1_200_000);

test('none of it is in any log, execution, event, stack, parameter, item, package or object', async () => {
  // The search finds what is there: each secret where it belongs, and a signed address in the registry's own answer.
  expect(secretsIn(await registrySecret.read())).toEqual(['the token']);
  const query = new URLSearchParams({ name, version, path: 'MLmodel' });
  const address = await call(stage.env, 'GET', `model-versions/get-signed-download-uri?${query}`);
  expect(JSON.stringify(address)).toMatch(SIGNATURES);

  const leaks: string[] = [];
  const seen = new Map<Surface['kind'], number>();
  const ofThisRun = new Set<Surface['kind']>();
  for await (const { kind, where, text } of surfaces(stage, context)) {
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (text.includes(name)) {
      ofThisRun.add(kind);
    }
    leaks.push(...secretsIn(text).map((what) => `${what} in ${kind} ${where}`));
    const [signature] = SIGNATURES.exec(text) ?? [];
    leaks.push(...(signature === undefined ? [] : [`${signature.slice(0, 24)}... in ${kind} ${where}`]));
  }
  expect(leaks).toEqual([]);
  // What this run did is in all of them: an empty place proves nothing.
  const expected: Surface['kind'][] = ['log', 'execution', 'history', 'message', 'stack', 'stack event'];
  expect([...ofThisRun]).toEqual(
    expect.arrayContaining([...expected, 'template', 'item', 'package', 'group', 'object']),
  );
  expect([...seen.keys()]).toEqual(expect.arrayContaining(['function', 'parameter']));
  tried(
    'secrets',
    [...seen.values()].reduce((sum, count) => sum + count, 0),
  );
}, 600_000);
