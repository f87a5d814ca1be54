import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ListeningServer } from '../../../../sandbox/aws-json/server';
import { clientConfig } from '../../../../sandbox/deploy/clients';
import { machineEnvironment } from '../../../../sandbox/developer-tools/codebuild/machine';
import { startDeveloperTools } from '../../../../sandbox/developer-tools/server';
import { freePorts } from '../../../../sandbox/processes/ports';
import { ensureVenv } from '../../../../sandbox/setup/venv';
import { ACCOUNT, Stacks } from '../cloudformation/stacks';
import { startMiniStack } from '../parts';
import { Events } from './events';

export { ACCOUNT };
/** A role that nobody made: MiniStack lets a service assume any. */
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/service`;
/** A bucket for what tests put into S3. */
export const BUCKET = 'files';

/** The developer tools beside a real MiniStack, with clients of both. */
export interface Stage {
  readonly url: string;
  readonly awsUrl: string;
  readonly repositories: string;
  readonly workDir: string;
  readonly log: string[];
  readonly codeCommit: CodeCommitClient;
  readonly codeBuild: CodeBuildClient;
  readonly codePipeline: CodePipelineClient;
  readonly s3: S3Client;
  readonly stacks: Stacks;
  readonly events: Events;
  close(): Promise<void>;
}

/** The stage of a test file's tests, from before the first of them until after the last. */
export function useStage(): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    Object.assign(stage, await openStage());
  }, 400_000);
  afterAll(() => stage.close());
  return stage;
}

async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'developer-tools '));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const ministack = await startMiniStack({ developerToolsUrl: url });
  const awsUrl = ministack.spec.url;
  const log: string[] = [];
  const workDir = join(folder, 'work');
  const repositories = join(folder, 'repositories');
  const server: ListeningServer = await startDeveloperTools({
    port,
    python: await ensureVenv(() => undefined),
    awsEndpoint: awsUrl,
    endpoints: { SAGEMAKER: 'http://127.0.0.1:9' },
    repositories,
    environmentFolders: join(folder, 'images'),
    workDir,
    machine: machineEnvironment(undefined, process.env),
    log: (line) => log.push(line),
  });
  const codeCommit = new CodeCommitClient(clientConfig(url, ACCOUNT));
  const codeBuild = new CodeBuildClient(clientConfig(url, ACCOUNT));
  const codePipeline = new CodePipelineClient(clientConfig(url, ACCOUNT));
  const s3 = new S3Client({ ...clientConfig(awsUrl, ACCOUNT), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const stacks = new Stacks(awsUrl);
  const events = await Events.listen(awsUrl, ['aws.codecommit', 'aws.codebuild', 'aws.codepipeline']);
  return {
    url,
    awsUrl,
    repositories: join(repositories, ACCOUNT),
    workDir,
    log,
    codeCommit,
    codeBuild,
    codePipeline,
    s3,
    stacks,
    events,
    close: async () => {
      for (const client of [codeCommit, codeBuild, codePipeline, s3, stacks.client, events]) client.destroy();
      await server.close();
      await ministack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Puts an object into the stage's bucket. */
export async function putObject({ s3 }: Stage, Key: string, Body: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
}

/** Asks until it is there. @throws Error when it is not within the time */
export async function until<Value>(ask: () => Promise<Value | undefined>, seconds = 60): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`it did not come within ${seconds} seconds`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
