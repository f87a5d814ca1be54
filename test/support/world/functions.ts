import { createHash } from 'node:crypto';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { handler as claim } from '../../../lambda/claim/handler';
import type { Packed, PackJob } from '../../../lambda/create/archive/pack-archive';
import { MultipartUpload } from '../../../lambda/create/archive/upload/multipart';
import { NO_PROGRESS } from '../../../lambda/create/archive/upload/part-writer';
import { handler as create } from '../../../lambda/create/handler';
import { handler as remove } from '../../../lambda/delete/handler';
import { handler as list } from '../../../lambda/list/handler';
import { handler as plan } from '../../../lambda/plan/handler';
import { handler as release } from '../../../lambda/release/handler';
import { logger } from '../../../lambda/shared/logging';
import { handler as sweep } from '../../../lambda/sweep/handler';
import { handler as update } from '../../../lambda/update/handler';
import { OWNER } from '../owner';
import { REPOSITORY } from './image-builds';
import type { World } from './world';

const BUCKET = 'sagemaker-mlflow-us-east-1-111111111111';
const LONG_MS = 900_000;

/** The world that the functions live in now. */
const mockLiving: { world?: World } = {};

jest.mock('../../../lambda/shared/context/registry', () => ({
  registry: async () => living().mlflow.reader(living().outside),
}));
// What goes into an archive is tested where archives are; here it counts when one is opened, and when it is whole.
jest.mock('../../../lambda/create/archive/pack-archive', () => ({
  packArchive: async ({ client, target, checkpoint, stop }: PackJob): Promise<Packed> => {
    const world = living();
    const upload = checkpoint
      ? new MultipartUpload(client, target, checkpoint.uploadId)
      : await MultipartUpload.begin(client, target);
    if (world.shortCreations > 0) {
      world.shortCreations -= 1;
      while (!stop.aborted) {
        await world.turns.turn();
      }
      return { outcome: 'paused', checkpoint: { uploadId: upload.uploadId, progress: NO_PROGRESS }, reason: 'time' };
    }
    await upload.complete({ parts: 0, bytes: 0, crc: 0 });
    return { outcome: 'done' };
  },
}));

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
};

/** From now on the functions live in this world. */
export function liveIn(world: World): void {
  mockLiving.world = world;
}

/**
 * Calls a function as the state machine does.
 *
 * @param functionId its logical id in the template
 */
export async function callFunction(functionId: string, payload: unknown): Promise<unknown> {
  const [, step = ''] = /^Functions([A-Z][a-z]+)/.exec(functionId) ?? [];
  const handler = STEPS[step];
  if (handler === undefined) {
    throw new Error(`no function ${functionId}`);
  }
  const remaining = living().shortCreations > 0 ? 0 : LONG_MS;
  const context = { getRemainingTimeInMillis: () => remaining, awsRequestId: 'request' };
  // What passes between states and functions is JSON.
  return JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(payload)) as never, context as never)));
}

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
    DELETION_WAIT_HOURS: '72',
    SUPERSEDED_HOURS: '24',
    ENVIRONMENT_IMAGES: 'automatic',
    ENVIRONMENT_REPOSITORY: REPOSITORY,
    ENVIRONMENT_PROJECT: 'mlflow-mlops-environments',
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:Sync',
    REVISION: createHash('sha256').update('one').digest('hex'),
    REGISTRY_SECRET: 'mlflow/credentials',
    ARTIFACT_BUCKET: BUCKET,
    ARTIFACT_BUCKET_OWNER: '111111111111',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  logger.setLogLevel('SILENT');
  const clients = {
    codebuild: CodeBuildClient,
    codepipeline: CodePipelineClient,
    ecr: ECRClient,
    s3: S3Client,
    sagemaker: SageMakerClient,
    sfn: SFNClient,
    ssm: SSMClient,
    dynamodb: DynamoDBDocumentClient,
  };
  for (const [name, client] of Object.entries(clients)) {
    // No spy: it would keep every call, and with it every archive of ten thousand lives.
    (client.prototype as unknown as Sender).send = (command) =>
      living().aws(name, command.constructor.name.replace(/Command$/, ''), command.input);
  }
}

interface Sender {
  send(command: { readonly input: unknown; readonly constructor: { readonly name: string } }): Promise<unknown>;
}

function living(): World {
  if (mockLiving.world === undefined) {
    throw new Error('no world lives');
  }
  return mockLiving.world;
}
