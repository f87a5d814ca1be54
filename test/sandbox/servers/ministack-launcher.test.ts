import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { localWebhookUrl } from '../../../sandbox/deploy/outputs';
import type { Part } from '../../../sandbox/processes/part';
import { outputsOf, Stacks } from './cloudformation/stacks';
import { TEMPLATE } from './ministack-template';
import { NOWHERE, startMiniStack } from './parts';

jest.setTimeout(60_000);

const ACCOUNT = '111111111111';
let ministack: Part;
let url: string;
let outputs: Record<string, string>;

beforeAll(async () => {
  ministack = await startMiniStack();
  url = ministack.spec.url;
  outputs = await deploy();
}, 400_000);

afterAll(() => ministack?.stop());

async function deploy(): Promise<Record<string, string>> {
  const stacks = new Stacks(url, ACCOUNT);
  const stack = await stacks.create('gaps', JSON.stringify(TEMPLATE), ['CAPABILITY_IAM']);
  const failures = await stacks.failures('gaps');
  stacks.client.destroy();
  expect([stack.StackStatus, failures]).toEqual(['CREATE_COMPLETE', []]);
  return outputsOf(stack) as Record<string, string>;
}

/** Calls Lambda's REST API; unsigned but for the access key, which is the account. */
async function lambda(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const scope = `Credential=${ACCOUNT}/20260101/us-east-1/lambda/aws4_request`;
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

function invoke(event: unknown): Promise<Record<string, unknown>> {
  return lambda(`/2015-03-31/functions/${outputs.FunctionName}/invocations`, event);
}

it('answers with the name of the error that a Node function throws, in a promise or at once', async () => {
  expect(await invoke({ reject: 'BusyError' })).toMatchObject({ errorType: 'BusyError', errorMessage: 'rejected' });
  expect(await invoke({ throw: 'BrokenError' })).toMatchObject({ errorType: 'BrokenError', errorMessage: 'thrown' });
});

it('keeps the error types of the Lambda service itself', async () => {
  expect(await invoke({ hang: true })).toMatchObject({ errorType: 'Sandbox.Timedout' });
});

it('applies the dead letter queue of a template', async () => {
  const configuration = await lambda(`/2015-03-31/functions/${outputs.FunctionName}/configuration`);
  expect(configuration.DeadLetterConfig).toEqual({ TargetArn: outputs.QueueArn });
});

it('hands Lambdas the Node that runs this, and where the services are that stand beside it', async () => {
  const seen = (await invoke({ tell: true })) as { version: string; env: Record<string, string> };
  expect(seen.version).toBe(process.version);
  expect(seen.env).toMatchObject({
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SAGEMAKER: NOWHERE,
    AWS_ENDPOINT_URL_CODEPIPELINE: NOWHERE,
  });
});

it('hands Lambdas nothing of the user that runs it', async () => {
  const { env } = (await invoke({ tell: true })) as { env: Record<string, string> };
  expect(env.HOME).not.toBe(process.env.HOME);
  expect(env.AWS_ACCESS_KEY_ID).toBe(ACCOUNT);
});

it("makes a secret's Ref its ARN, and generates by the template's rules", async () => {
  expect(outputs.SecretRef).toBe(outputs.SecretId);
  expect(outputs.SecretRef).toMatch(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:gaps\/secret-/);
  const client = new SecretsManagerClient(clientConfig(url, ACCOUNT));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: outputs.SecretRef }));
  const byDefault = await client.send(new GetSecretValueCommand({ SecretId: outputs.DefaultSecretRef }));
  client.destroy();
  expect(SecretString).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(byDefault.SecretString).toHaveLength(32);
});

it('serves an API to callers that sign nothing', async () => {
  const answer = await fetch(localWebhookUrl(outputs.Url ?? '', url), { method: 'POST', body: '{}' });
  expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
});

describe('events of AWS services', () => {
  async function put(Source: string, principal?: string): Promise<string | undefined> {
    const client = new EventBridgeClient(clientConfig(url, ACCOUNT));
    client.middlewareStack.add(
      (next) => (args) => {
        if (principal) {
          (args.request as { headers: Record<string, string> }).headers['x-service-principal'] = principal;
        }
        return next(args);
      },
      { step: 'build' },
    );
    const entry = { Source, DetailType: 'test', Detail: '{}' };
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    client.destroy();
    return Entries[0]?.ErrorCode;
  }

  it('are refused from everyone else', async () => {
    expect(await put('aws.sagemaker')).toBe('NotAuthorizedForSourceException');
    expect(await put('aws.s3', 'sagemaker.amazonaws.com')).toBe('NotAuthorizedForSourceException');
    expect(await put('aws.sagemaker', 's3.amazonaws.com')).toBe('NotAuthorizedForSourceException');
    expect(await put('aws.codecommit', 'codebuild.amazonaws.com')).toBe('NotAuthorizedForSourceException');
  });

  it('are taken from the service itself', async () => {
    expect(await put('aws.sagemaker', 'sagemaker.amazonaws.com')).toBeUndefined();
    expect(await put('aws.codecommit', 'codecommit.amazonaws.com')).toBeUndefined();
    expect(await put('own.events')).toBeUndefined();
  });
});

describe('executions', () => {
  let client: SFNClient;

  beforeAll(() => {
    client = new SFNClient(clientConfig(url, ACCOUNT));
  });
  afterAll(() => client.destroy());

  async function machine(name: string, state: object): Promise<string> {
    const definition = { StartAt: 'Only', States: { Only: { ...state, End: true } } };
    const { stateMachineArn = '' } = await client.send(
      new CreateStateMachineCommand({
        name,
        definition: JSON.stringify(definition),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
      }),
    );
    return stateMachineArn;
  }

  it('answer a repeated start while they run, and refuse it with another input', async () => {
    const stateMachineArn = await machine('waits', { Type: 'Wait', Seconds: 30 });
    const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input }));
    const first = await start('{}');
    expect(await start('{}')).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
    await expect(start('{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuse a name again once they ended, and fail with more than 256 KiB between states', async () => {
    const stateMachineArn = await machine('passes', { Type: 'Pass' });
    const statusOf = async (name: string, length: number): Promise<[string | undefined, string | undefined]> => {
      const input = JSON.stringify('x'.repeat(length - 2));
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      for (;;) {
        const { status, error } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status !== 'RUNNING') {
          return [status, error];
        }
      }
    };
    expect(await statusOf('fits', 256 * 1024)).toEqual(['SUCCEEDED', undefined]);
    expect(await statusOf('too-long', 256 * 1024 + 1)).toEqual(['FAILED', 'States.DataLimitExceeded']);
    await expect(statusOf('fits', 256 * 1024)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });
});
