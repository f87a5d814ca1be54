import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CreateModelPackageCommand,
  type CreateModelPackageCommandInput,
  CreateModelPackageGroupCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { pack } from 'tar-stream';
import { machineEnvironment } from '../../../../sandbox/developer-tools/codebuild/machine';
import { startSageMaker } from '../../../../sandbox/sagemaker/server';
import { type AwsDouble, startAwsDouble } from './aws-double';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sandbox-script-mode:1';

/** The stand-in with what it calls, and clients of it. */
export interface Stage {
  readonly url: string;
  readonly aws: AwsDouble;
  readonly log: string[];
  readonly workDir: string;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  /** A client for another account or region, or for a Lambda function by its ARN. */
  clientOf(account: string, region: string, identity?: string): SageMakerClient;
  close(): Promise<void>;
}

/** The interpreter of the tests. @throws Error that says how to give one */
export function requirePython(): string {
  const python = process.env.PYTHON;
  if (!python)
    throw new Error('Set PYTHON to an interpreter with the requirements of sandbox/requirements.txt installed.');
  return python;
}

export async function openStage(): Promise<Stage> {
  const python = requirePython();
  const aws = await startAwsDouble();
  const workDir = await mkdtemp(join(tmpdir(), 'sagemaker-'));
  const log: string[] = [];
  const server = await startSageMaker({
    port: 0,
    python,
    awsEndpoint: aws.url,
    workDir,
    imagesDir: join(workDir, 'images'),
    machine: machineEnvironment(undefined, process.env),
    log: (line) => log.push(line),
  });
  const settings = (account: string, region: string, identity?: string) => ({
    endpoint: server.url,
    region,
    credentials: {
      accessKeyId: account,
      secretAccessKey: 'test',
      ...(identity === undefined ? {} : { sessionToken: identity }),
    },
    maxAttempts: 1,
  });
  const clients: { destroy(): void }[] = [];
  const clientOf = (account: string, region: string, identity?: string) => {
    const client = new SageMakerClient(settings(account, region, identity));
    clients.push(client);
    return client;
  };
  const runtime = new SageMakerRuntimeClient(settings(ACCOUNT, REGION));
  return {
    url: server.url,
    aws,
    log,
    workDir,
    sagemaker: clientOf(ACCOUNT, REGION),
    runtime,
    clientOf,
    close: async () => {
      runtime.destroy();
      for (const client of clients) client.destroy();
      await server.close();
      await aws.close();
      await rm(workDir, { recursive: true, force: true });
    },
  };
}

/** A model.tar.gz of text files. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** Makes a group, unless there is one, with a registered version in it. */
export async function registerVersion(
  { sagemaker, aws }: Pick<Stage, 'sagemaker' | 'aws'>,
  group: string,
  extra: Partial<CreateModelPackageCommandInput> = {},
): Promise<string> {
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: group })).catch((error: Error) => {
    if (!error.message.includes('already exists')) throw error;
  });
  if (!aws.objects.has('models/model.tar.gz')) aws.objects.set('models/model.tar.gz', Buffer.from('archive'));
  const answer = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: group,
      InferenceSpecification: { Containers: [{ Image: IMAGE, ModelDataUrl: 's3://models/model.tar.gz' }] },
      ...extra,
    }),
  );
  return answer.ModelPackageArn ?? '';
}
