import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { handler as claim } from '../../../lambda/claim/handler';
import type { PackJob } from '../../../lambda/create/archive/pack-archive';
import { handler as create } from '../../../lambda/create/handler';
import { handler as remove } from '../../../lambda/delete/handler';
import { handler as list } from '../../../lambda/list/handler';
import { handler as plan } from '../../../lambda/plan/handler';
import { handler as release } from '../../../lambda/release/handler';
import { logger } from '../../../lambda/shared/logging';
import { groupNameOf } from '../../../lambda/shared/names/group-name';
import { handler as sweep } from '../../../lambda/sweep/handler';
import { GRACE_MS } from '../../../lambda/sweep/unused';
import { handler as update } from '../../../lambda/update/handler';
import { handler as weigh } from '../../../lambda/weigh/handler';
import { Table } from './dynamodb';
import { Mlflow } from './mlflow';
import { Outside } from './outside';
import { Bucket } from './s3';
import { ModelRegistry } from './sagemaker';
import { type Machine, run, StateError, Stopped } from './state-machine';
import { Turns } from './turns';

const BUCKET = 'sagemaker-mlflow-us-east-1-111111111111';
const OWNER = 'ModelRepack-ModelSyncStack';
const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:Sync';
const LONG_MS = 900_000;

/** The world that the functions live in now. */
const mockLiving: { world?: World } = {};

jest.mock('../../../lambda/shared/context/registry', () => ({
  registry: async () => living().mlflow.reader(living().outside),
}));
// What goes into an archive is tested where archives are; here it counts when one is opened, and when it is whole.
jest.mock('../../../lambda/create/archive/pack-archive', () => ({
  packArchive: async ({ target: { bucket: Bucket, key: Key } }: PackJob) => {
    const { UploadId } = await living().s3('CreateMultipartUpload', { Bucket, Key });
    await living().s3('CompleteMultipartUpload', { Bucket, Key, UploadId });
    return { outcome: 'done' };
  },
}));

function living(): World {
  if (mockLiving.world === undefined) {
    throw new Error('no world lives');
  }
  return mockLiving.world;
}

/** How an execution stands or ended. */
interface Ended {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  error?: string;
  cause?: string;
  output?: unknown;
  readonly input: unknown;
}

type Step = (event: never, context: never) => Promise<unknown>;

const STEPS: Readonly<Record<string, Step>> = {
  List: list,
  Claim: claim,
  Plan: plan,
  Create: create,
  Update: update,
  Delete: remove,
  Sweep: sweep,
  Release: release,
  Weigh: weigh,
};

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
  readonly executions = new Map<string, Ended>();
  readonly events: unknown[] = [];
  private clock = Date.parse('2030-01-02T03:04:05Z');
  private hints = 0;

  constructor(
    private readonly machine: Machine,
    seed: number,
  ) {
    this.turns = new Turns(seed);
    this.outside = new Outside(this.turns);
    this.sageMaker = new ModelRegistry(() => this.clock);
    mockLiving.world = this;
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
        ...{ pk: 'ENROLMENT', sk: name, groupName: groupNameOf(name), status: 'active', holders: new Set(['stack']) },
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
    const writes = /^(sagemaker\.(Create|Update|Delete|AddTags)|s3\.(Put|Delete|Create|Complete|Abort))/;
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
        invoke: (functionId, payload) => this.invoke(functionId, payload),
        startAndWait: async (child, childInput) => {
          const ended = await this.execute(child, childInput);
          if (ended.status !== 'SUCCEEDED') {
            throw new StateError('States.TaskFailed', ended.cause ?? '');
          }
          return ended.output;
        },
        readObject: async (key) => (await this.bucketText(key)) ?? '',
        putEvents: (entries) => this.outside.call('events.PutEvents', entries, () => void this.events.push(entries)),
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

  private invoke(functionId: string, payload: unknown): Promise<unknown> {
    const [, step = ''] = /^Functions([A-Z][a-z]+)/.exec(functionId) ?? [];
    const handler = STEPS[step];
    if (handler === undefined) {
      throw new Error(`no function ${functionId}`);
    }
    const context = { getRemainingTimeInMillis: () => LONG_MS, awsRequestId: 'request' };
    // What passes between states and functions is JSON.
    return this.outside.process(async () =>
      JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(payload)) as never, context as never))),
    );
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

  private readonly actions: Readonly<Record<string, (input: never) => unknown>> = {
    'dynamodb.Get': (input) => this.table.get(input),
    'dynamodb.Query': (input) => this.table.query(input),
    'dynamodb.Update': (input) => this.table.update(input),
    'dynamodb.Delete': (input) => this.table.delete(input),
    'sagemaker.CreateModelPackageGroup': (input) => this.sageMaker.createGroup(input),
    'sagemaker.DescribeModelPackageGroup': (input) => this.sageMaker.describeGroup(input),
    'sagemaker.ListTags': (input) => this.sageMaker.listTags(input),
    'sagemaker.AddTags': (input) => this.sageMaker.addTags(input),
    'sagemaker.CreateModelPackage': (input) => this.sageMaker.create(input),
    'sagemaker.DescribeModelPackage': (input) => this.sageMaker.describe(input),
    'sagemaker.UpdateModelPackage': (input) => this.sageMaker.update(input),
    'sagemaker.DeleteModelPackage': (input) => this.sageMaker.delete(input),
    'sagemaker.ListModelPackages': (input) => this.sageMaker.list(input),
    's3.PutObject': (input) => this.bucket.put(input),
    's3.GetObject': (input) => this.bucket.get(input),
    's3.HeadObject': ({ Key }: { Key: string }) => {
      if (!this.bucket.objects.has(Key)) {
        throw Object.assign(new Error('NotFound'), { name: 'NotFound', $metadata: { httpStatusCode: 404 } });
      }
      return {};
    },
    's3.ListObjectsV2': (input) => this.bucket.list(input),
    's3.DeleteObjects': (input) => this.bucket.deleteAll(input),
    's3.GetObjectTagging': (input) => this.bucket.tags(input),
    's3.PutObjectTagging': (input) => this.bucket.putTags(input),
    's3.DeleteObjectTagging': (input) => this.bucket.deleteTags(input),
    's3.CreateMultipartUpload': (input) => this.bucket.openUpload(input),
    's3.CompleteMultipartUpload': (input) => this.bucket.complete(input),
    's3.ListMultipartUploads': (input) => this.bucket.listUploads(input),
    's3.AbortMultipartUpload': (input) => this.bucket.abort(input),
    'ssm.GetParameters': ({ Names }: { Names: string[] }) => ({ Parameters: [], InvalidParameters: Names }),
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

  private setClock(milliseconds: number): void {
    this.clock = milliseconds;
    jest.setSystemTime(milliseconds);
  }
}

/** Time that is long enough for everything that waits for days. */
export const LONGER_THAN_ANYTHING_WAITS = 2 * GRACE_MS;

/** Before any world: the functions' settings, their clients, and a clock that stands. */
export function makeWorlds(): void {
  jest.useFakeTimers({
    doNotFake: [
      'setImmediate',
      'setTimeout',
      'clearTimeout',
      'nextTick',
      'queueMicrotask',
      'performance',
      'hrtime',
      'setInterval',
      'clearInterval',
      'clearImmediate',
    ],
  });
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    TABLE_NAME: 'table',
    OWNER,
    REVISION: createHash('sha256').update('one').digest('hex'),
    REGISTRY_SECRET: 'mlflow/credentials',
    ARTIFACT_BUCKET: BUCKET,
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  logger.setLogLevel('SILENT');
  const clients = {
    s3: S3Client,
    sagemaker: SageMakerClient,
    sfn: SFNClient,
    ssm: SSMClient,
    dynamodb: DynamoDBDocumentClient,
  };
  for (const [name, client] of Object.entries(clients)) {
    jest
      .spyOn(client.prototype as unknown as Sender, 'send')
      .mockImplementation((command) =>
        living().aws(name, command.constructor.name.replace(/Command$/, ''), command.input),
      );
  }
}

interface Sender {
  send(command: { readonly input: unknown; readonly constructor: { readonly name: string } }): Promise<unknown>;
}
