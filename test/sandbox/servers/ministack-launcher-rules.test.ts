import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { linesOf } from '../../support/cloudwatch-logs';
import { type FakeStandIn, startFakeStandIn } from './cloudformation/fake-stand-in';
import {
  ACCOUNT,
  nodeFunction,
  outputsOf,
  type Resource,
  type Resources,
  Stacks,
  templateOf,
} from './cloudformation/stacks';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;

let standIn: FakeStandIn;
let ministack: Part;
let stacks: Stacks;
let events: EventBridgeClient;
let sqs: SQSClient;
let queues: Record<string, string | undefined>;

beforeAll(async () => {
  standIn = await startFakeStandIn();
  ministack = await startMiniStack({ developerToolsUrl: standIn.url });
  const config = clientConfig(ministack.spec.url, ACCOUNT);
  stacks = new Stacks(ministack.spec.url);
  events = new EventBridgeClient(config);
  sqs = new SQSClient(config);
  const outputs = { Undelivered: { Ref: 'Undelivered' }, Failed: { Ref: 'Failed' } };
  const stack = await stacks.create('rules', templateOf(RESOURCES(), outputs), ['CAPABILITY_IAM']);
  expect(await stacks.failures('rules')).toEqual([]);
  queues = outputsOf(stack);
}, 400_000);
afterAll(async () => {
  for (const client of [stacks?.client, events, sqs]) client?.destroy();
  await ministack?.stop();
  standIn?.close();
});
beforeEach(() => {
  standIn.answer = () => undefined;
  standIn.asked.length = 0;
  standIn.headers.length = 0;
});

/** Tells what it is invoked with, and fails when that says so. */
const HANDLER = `
exports.handler = async (event) => {
  await fetch(process.env.TOLD, { method: 'POST', body: JSON.stringify({ event }) });
  if (event.fail) throw new Error('failed');
};`;

const undelivered = { DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Undelivered', 'Arn'] } } };

/** A rule for events of a source of its own. */
function rule(source: string, target: object, properties: object = {}): Resource {
  return {
    Type: 'AWS::Events::Rule',
    Properties: { Name: source, EventPattern: { source: [source] }, Targets: [{ Id: 'T', ...target }], ...properties },
  };
}

function RESOURCES(): Resources {
  const functionArn = { 'Fn::GetAtt': ['Function', 'Arn'] };
  return {
    Undelivered: { Type: 'AWS::SQS::Queue' },
    Failed: { Type: 'AWS::SQS::Queue' },
    Closed: { Type: 'AWS::SQS::Queue' },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Undelivered' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Undelivered', 'Arn'] },
              Condition: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/*') } },
            },
          ],
        },
      },
    },
    ...nodeFunction(HANDLER, {
      Environment: { Variables: { TOLD: standIn.url } },
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Failed', 'Arn'] } },
    }),
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: functionArn,
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: arn('events', 'rule/allowed-*'),
      },
    },
    Input: rule('allowed-input', { Arn: functionArn, Input: '{"model":"churn"}', ...undelivered }),
    Failing: rule('allowed-failing', { Arn: functionArn, Input: '{"fail":true}', ...undelivered }),
    Disabled: rule('allowed-disabled', { Arn: functionArn }, { State: 'DISABLED' }),
    Forbidden: rule('forbidden', { Arn: functionArn, ...undelivered }),
    Missing: rule('missing', { Arn: arn('lambda', 'function:nobody'), Input: '{}', ...undelivered }),
    Lost: rule('lost', { Arn: functionArn, DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Closed', 'Arn'] } } }),
    Lines: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'lines' } },
    LinesPolicy: {
      Type: 'AWS::Logs::ResourcePolicy',
      Properties: {
        PolicyName: 'lines',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: arn('logs', 'log-group:lines:*'),
              Condition: { ArnEquals: { 'aws:SourceArn': arn('events', 'rule/written') } },
            },
          ],
        }),
      },
    },
    Written: rule('written', { Arn: arn('logs', 'log-group:lines'), ...undelivered }),
    NotWritten: rule('not-written', { Arn: arn('logs', 'log-group:lines'), ...undelivered }),
    Pipeline: rule('pipeline', {
      Arn: arn('codepipeline', 'mine'),
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      ...undelivered,
    }),
  };
}

async function put(Source: string): Promise<void> {
  await events.send(new PutEventsCommand({ Entries: [{ Source, DetailType: 'happened', Detail: '{"what":"it"}' }] }));
}

async function received(queue: 'Undelivered' | 'Failed'): Promise<Message> {
  for (;;) {
    const request = { QueueUrl: queues[queue], MessageAttributeNames: ['All'], WaitTimeSeconds: 1 };
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand(request));
    if (message) return message;
  }
}

const told = (message: Message) =>
  Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]),
  );

async function asked(): Promise<unknown> {
  while (standIn.asked.length === 0) await sleep(20);
  return standIn.asked[0];
}

it("a function gets its target's input", async () => {
  await put('allowed-input');
  expect(await asked()).toEqual({ event: { model: 'churn' } });
});

it('a rule that is disabled invokes nothing', async () => {
  await put('allowed-disabled');
  await put('allowed-input');
  await asked();
  expect(standIn.asked).toEqual([{ event: { model: 'churn' } }]);
});

it('a function that fails is tried three times, then its own queue has the event', async () => {
  await put('allowed-failing');
  const message = await received('Failed');
  expect(JSON.parse(message.Body ?? '')).toEqual({ fail: true });
  expect(told(message)).toMatchObject({ ErrorCode: '200', ErrorMessage: 'failed' });
  expect(standIn.asked).toHaveLength(3);
});

it('a function whose policy does not name the rule is not invoked: the queue of the target has the event', async () => {
  await put('forbidden');
  const message = await received('Undelivered');
  expect(JSON.parse(message.Body ?? '')).toMatchObject({ source: 'forbidden', detail: { what: 'it' } });
  expect(told(message)).toEqual({
    RULE_ARN: arn('events', 'rule/forbidden'),
    TARGET_ARN: expect.stringContaining(':function:'),
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: expect.stringContaining('is not authorized to perform lambda:InvokeFunction'),
  });
  expect(standIn.asked).toEqual([]);
});

it('a function that does not exist sends the event to the queue of the target', async () => {
  await put('missing');
  expect(told(await received('Undelivered'))).toMatchObject({ ERROR_CODE: 'NO_RESOURCE' });
});

it('a queue that lets nobody in gets nothing', async () => {
  await put('lost');
  await put('missing');
  expect(told(await received('Undelivered'))).toMatchObject({ RULE_ARN: arn('events', 'rule/missing') });
});

it('a log group has the event as a line, where its policy names the rule', async () => {
  await put('not-written');
  expect(told(await received('Undelivered'))).toMatchObject({
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: expect.stringContaining('is not authorized to perform logs:CreateLogStream on lines'),
  });
  await put('written');
  const env = { AWS_ENDPOINT_URL: ministack.spec.url, AWS_ACCESS_KEY_ID: ACCOUNT };
  let lines: string[] = [];
  while (lines.length === 0) lines = await linesOf(env, 'lines', 0);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ source: 'written', detail: { what: 'it' } }),
  ]);
});

it('a pipeline is started in the name of the rule', async () => {
  await put('pipeline');
  expect(await asked()).toEqual({ name: 'mine' });
  expect(standIn.headers[0]).toMatchObject({
    'x-amz-target': 'CodePipeline_20150709.StartPipelineExecution',
    'x-source-arn': arn('events', 'rule/pipeline'),
    authorization: expect.stringContaining(`Credential=${ACCOUNT}/`),
  });
  standIn.answer = () => 'there is no pipeline mine';
  await put('pipeline');
  expect(told(await received('Undelivered'))).toMatchObject({ ERROR_MESSAGE: 'there is no pipeline mine' });
});
