import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../../../sandbox/demo/until';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

const ROLE = 'arn:aws:iam::111111111111:role/any';
let ministack: Part;
let sfn: SFNClient;
let s3: S3Client;

beforeAll(async () => {
  ministack = await startMiniStack();
  const config = clientConfig(ministack.spec.url, '111111111111');
  sfn = new SFNClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'lists' }));
}, 400_000);

afterAll(async () => {
  sfn?.destroy();
  s3?.destroy();
  await ministack?.stop();
});

async function machine(name: string, states: Record<string, unknown>): Promise<string> {
  const [first = ''] = Object.keys(states);
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: first, States: states });
  const { stateMachineArn = '' } = await sfn.send(new CreateStateMachineCommand({ name, roleArn: ROLE, definition }));
  return stateMachineArn;
}

async function run(stateMachineArn: string, input: unknown, name?: string): Promise<DescribeExecutionCommandOutput> {
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), ...(name ? { name } : {}) }),
  );
  return until('the end of an execution', async () => {
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return described.status === 'RUNNING' ? undefined : described;
  });
}

/** A map whose children pass `child` on. */
function mapOf(child: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Map',
    Label: 'items',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: '{% $states.input.bucket %}', Key: '{% $states.input.key %}' },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Child',
      States: { Child: { Type: 'Pass', Output: child, End: true } },
    },
    End: true,
    ...more,
  };
}

async function put(key: string, content: unknown): Promise<{ bucket: string; key: string }> {
  await s3.send(new PutObjectCommand({ Bucket: 'lists', Key: key, Body: JSON.stringify(content) }));
  return { bucket: 'lists', key };
}

it('a Distributed Map in JSONata reads its list, selects, and gives its output', async () => {
  const arn = await machine('jsonata', {
    Map: mapOf('{% $states.input.n * 2 %}', {
      ItemSelector: { n: '{% $states.context.Map.Item.Value.n %}', index: '{% $states.context.Map.Item.Index %}' },
      Output: { key: '{% $states.input.key %}', sum: '{% $sum($states.result) %}', all: '{% $states.result %}' },
    }),
  });
  const { status, output } = await run(arn, await put('numbers.json', [{ n: 1 }, { n: 2 }, { n: 4 }]));
  expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', { key: 'numbers.json', sum: 14, all: [2, 4, 8] }]);
});

it('a child has a context of its own, and none of the outer variables', async () => {
  const seen = {
    execution: '{% $states.context.Execution.Id %}',
    stateMachine: '{% $states.context.StateMachine.Id %}',
    variable: '{% $exists($outer) %}',
  };
  const arn = await machine('own-context', {
    Assign: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Map' },
    Map: mapOf(seen, { ItemSelector: { parent: '{% $states.context.StateMachine.Id %}' } }),
  });
  const { executionArn, output } = await run(arn, await put('one.json', [{}]));
  const [child] = JSON.parse(output ?? '') as Record<string, unknown>[];
  expect(child).toEqual({ execution: expect.any(String), stateMachine: `${arn}/items`, variable: false });
  expect(child?.execution).not.toBe(executionArn);
});

it('a list that is none, or is not there, fails the map', async () => {
  const arn = await machine('no-list', { Map: mapOf(1) });
  for (const input of [await put('object.json', { no: 'list' }), { bucket: 'lists', key: 'nowhere.json' }]) {
    expect(await run(arn, input)).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
  }
});

it('an empty list is a map without results', async () => {
  const arn = await machine('empty', { Map: mapOf(1, { Output: { count: '{% $count($states.result) %}' } }) });
  const { output } = await run(arn, await put('empty.json', []));
  expect(JSON.parse(output ?? '')).toEqual({ count: 0 });
});

it('results are no larger than what passes between states, even where the output is small', async () => {
  const arn = await machine('large', { Map: mapOf('x'.repeat(50_000), { Output: 'small' }) });
  const { status, error } = await run(
    arn,
    await put(
      'ten.json',
      Array.from({ length: 10 }, () => ({})),
    ),
  );
  expect([status, error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
});

describe('a nested execution that is waited for', () => {
  const nested = (catching: boolean) => ({
    Nested: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: {
        StateMachineArn: '{% $states.input.machine %}',
        Name: '{% $states.input.name %}',
        Input: '{% $states.input.input %}',
      },
      ...(catching
        ? { Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'End' }] }
        : {}),
      Next: 'End',
    },
    End: { Type: 'Succeed' },
  });

  it('is an ordinary execution, and its output is JSON', async () => {
    const child = await machine('nested-child', { Echo: { Type: 'Succeed' } });
    const parent = await machine('nested-parent', nested(false));
    const { output } = await run(parent, { machine: child, name: 'by-name', input: { a: [1] } });
    expect(JSON.parse(output ?? '')).toMatchObject({ Name: 'by-name', Status: 'SUCCEEDED', Output: { a: [1] } });
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: child }));
    expect(executions?.map(({ name }) => name)).toEqual(['by-name']);
  });

  it('fails its state with its description, and does not take a name again', async () => {
    const child = await machine('failing-child', { No: { Type: 'Fail', Error: 'Own', Cause: 'because' } });
    const parent = await machine('failing-parent', nested(true));
    const input = { machine: child, name: 'once', input: {} };
    const { output } = await run(parent, input);
    const { Error: error, Cause: cause } = JSON.parse(output ?? '') as { Error: string; Cause: string };
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause)).toMatchObject({ Name: 'once', Status: 'FAILED', Error: 'Own', Cause: 'because' });
    const again = await run(parent, input);
    expect(JSON.parse(again.output ?? '')).toMatchObject({ Error: 'StepFunctions.ExecutionAlreadyExistsException' });
  });
});
