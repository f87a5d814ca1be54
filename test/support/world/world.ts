import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Actions, actionsOn } from './actions';
import { Table } from './dynamodb';
import { callFunction, liveIn } from './functions';
import { ImageBuilds } from './image-builds';
import { Mlflow } from './mlflow';
import { ownedIn } from './oracle';
import { Outside } from './outside';
import { Bucket } from './s3';
import { ModelRegistry, type StoredPackage } from './sagemaker';
import { type EventEntry, type Machine, run, StateError, Stopped } from './state-machine';
import { Turns } from './turns';

const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:Sync';

/** How an execution stands or ended. */
interface Ended {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  error?: string;
  cause?: string;
  output?: unknown;
  readonly input: unknown;
}

/**
 * The deployed sync in one process: the real functions and the real state machine, between an MLflow registry and an account in
 * memory. Everything that runs at once takes turns, and the clock moves only here.
 */
export class World {
  readonly turns: Turns;
  readonly outside: Outside;
  readonly mlflow = new Mlflow();
  readonly sageMaker: ModelRegistry;
  readonly bucket = new Bucket();
  readonly table = new Table();
  readonly images = new ImageBuilds();
  readonly executions = new Map<string, Ended>();
  /** Each model's packages as they were when somebody was last told of a sync of it. */
  readonly told = new Map<string, readonly StoredPackage[]>();
  /** Invocations whose time ends before their archive is complete. */
  shortCreations = 0;
  private readonly actions: Actions;
  private clock = Date.parse('2030-01-02T03:04:05Z');
  private hints = 0;

  constructor(
    private readonly machine: Machine,
    seed: number,
  ) {
    this.turns = new Turns(seed);
    this.outside = new Outside(this.turns);
    this.sageMaker = new ModelRegistry(() => this.clock);
    this.actions = { ...actionsOn(this.table, this.bucket, this.sageMaker, this.images), ...this.executionActions() };
    liveIn(this);
    this.setClock(this.clock);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.clock;
  }

  /** Lets time pass. */
  pass(milliseconds: number): void {
    this.setClock(this.clock + milliseconds);
  }

  enrol(...names: readonly string[]): void {
    for (const name of names) {
      this.table.items.set(JSON.stringify(['ENROLMENT', name]), {
        ...{ pk: 'ENROLMENT', sk: name, status: 'active', holders: new Set(['stack']) },
      });
    }
  }

  get enrolled(): string[] {
    return [...this.table.items.values()].filter(({ pk }) => pk === 'ENROLMENT').map(({ sk }) => String(sk));
  }

  /** Starts an execution, as a hint or a schedule does, and does not wait for it. */
  start(input: object, name = `${JSON.stringify(input).replace(/\W+/g, '-')}-${++this.hints}`): string {
    void this.execute(name, input).catch(() => undefined);
    return name;
  }

  /** Starts an execution and lets everything come to rest. */
  async sync(input: object): Promise<Ended> {
    const name = this.start(input);
    await this.settle();
    const ended = this.executions.get(name);
    if (ended === undefined || ended.status === 'RUNNING') {
      throw new Error(`the execution of ${JSON.stringify(input)} does not end`);
    }
    return ended;
  }

  settle(): Promise<void> {
    return this.turns.give();
  }

  /** Stops an execution, whatever it does. */
  stop(name: string): void {
    const execution = this.executions.get(name);
    if (execution?.status === 'RUNNING') {
      execution.status = 'ABORTED';
    }
  }

  /** Calls that changed something in the account, but for what the sync keeps for itself. */
  writesSince(call: number): string[] {
    const writes = /^(sagemaker\.(Create|Update|Delete)|s3\.(Put|Delete|Create|Complete|Abort))/;
    return this.outside.calls
      .slice(call)
      .filter(({ what, input }) => writes.test(what) && !String((input as { Key?: string }).Key).startsWith('syncs/'))
      .map(({ what }) => what);
  }

  /** The calls that functions make of AWS, by the client's name and the command's. */
  async aws(client: string, command: string, input: unknown): Promise<unknown> {
    return this.outside.call(`${client}.${command}`, input, () => this.effect(client, command, input));
  }

  async s3(command: string, input: unknown): Promise<{ UploadId?: string }> {
    return (await this.aws('s3', command, input)) as { UploadId?: string };
  }

  private async execute(name: string, input: unknown): Promise<Ended> {
    const execution: Ended = { status: 'RUNNING', input };
    this.executions.set(name, execution);
    const running = {
      id: `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`,
      name,
      input,
      stateMachine: MACHINE,
    };
    const alive = () => {
      if (execution.status === 'ABORTED') {
        throw new Stopped();
      }
    };
    try {
      execution.output = await run(this.machine, input, running, {
        invoke: (functionId, payload) => this.outside.process(() => callFunction(functionId, payload)),
        startAndWait: async (child, childInput) => {
          const ended = await this.execute(child, childInput);
          if (ended.status !== 'SUCCEEDED') {
            // As AWS describes it: what the execution says is quoted in the description.
            const { status, error, cause } = ended;
            throw new StateError('States.TaskFailed', JSON.stringify({ Cause: cause, Error: error, Status: status }));
          }
          return ended.output;
        },
        readObject: async (key) => (await this.bucketText(key)) ?? '',
        putEvents: (entries) => this.outside.call('events.PutEvents', entries, () => this.tell(entries)),
        updateItem: ({ Key = {}, ExpressionAttributeValues = {}, ...expressions }) => {
          const update = {
            TableName: 'table',
            Key: plainItem(Key),
            ExpressionAttributeValues: plainItem(ExpressionAttributeValues),
            ...expressions,
          };
          return this.outside.call('dynamodb.Update', update, () => void this.table.update(update));
        },
        now: () => {
          // No two states are entered in one moment.
          this.pass(1);
          return this.clock;
        },
        alive,
      });
      alive();
      execution.status = 'SUCCEEDED';
    } catch (error) {
      if (!(error instanceof Stopped)) {
        const { error: name_, cause } =
          error instanceof StateError ? error : { error: 'States.Runtime', cause: String(error) };
        Object.assign(execution, { status: 'FAILED', error: name_, cause });
      }
    }
    return execution;
  }

  private tell(entries: readonly EventEntry[]): void {
    for (const { Detail } of entries) {
      this.told.set(Detail.ModelName, structuredClone(ownedIn(this, Detail.ModelPackageGroupName)));
    }
  }

  private async bucketText(key: string): Promise<string | undefined> {
    await this.outside.call('s3.GetObject', { Key: key }, () => undefined);
    return this.bucket.objects.get(key)?.body;
  }

  private effect(client: string, command: string, input: unknown): unknown {
    const act = this.actions[`${client}.${command}`];
    if (act === undefined) {
      throw new Error(`${client}.${command} is not known here`);
    }
    return act(input as never);
  }

  /** Executions that functions start and ask about. A run of a pipeline succeeds at every moment. */
  private executionActions(): Actions {
    return {
      'codepipeline.ListPipelineExecutions': () => ({
        pipelineExecutionSummaries: [{ status: 'Succeeded', startTime: new Date(this.clock) }],
      }),
      'sfn.StartExecution': ({ name, input }: { name: string; input: string }) => {
        if (this.executions.has(name)) {
          throw Object.assign(new Error(`${name} exists`), { name: 'ExecutionAlreadyExists' });
        }
        this.start(JSON.parse(input) as object, name);
        return {};
      },
      'sfn.DescribeExecution': ({ executionArn }: { executionArn: string }) => {
        const execution = this.executions.get(executionArn.split(':').at(-1) ?? '');
        if (execution === undefined) {
          throw Object.assign(new Error('no such execution'), { name: 'ExecutionDoesNotExist' });
        }
        return { status: execution.status };
      },
    };
  }

  private setClock(milliseconds: number): void {
    this.clock = milliseconds;
    jest.setSystemTime(milliseconds);
  }
}

/** DynamoDB's own words as the stores say it. A state machine sends texts, numbers and maps of them. */
function plainItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N, M }]) => [name, M === undefined ? (S ?? Number(N)) : plainItem(M)]),
  );
}
