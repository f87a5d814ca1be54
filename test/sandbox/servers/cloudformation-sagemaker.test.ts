import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListTagsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ListeningServer } from '../../../sandbox/aws-json/server';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { freePorts } from '../../../sandbox/processes/ports';
import { startSageMaker } from '../../../sandbox/sagemaker/server';
import { ACCOUNT, outputsOf, type Resources, Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';
import { ENVIRONMENT, scriptFiles } from './sagemaker/hosting';
import { archiveOf, IMAGE, requirePython } from './sagemaker/stage';

jest.setTimeout(120_000);

let ministack: Part;
let standIn: ListeningServer;
let workDir: string;
let stacks: Stacks;
let sagemaker: SageMakerClient;
let runtime: SageMakerRuntimeClient;

beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), 'sagemaker-'));
  const [port = 0] = await freePorts(1);
  ministack = await startMiniStack({ sagemakerUrl: `http://127.0.0.1:${port}` });
  standIn = await startSageMaker({
    port,
    python: requirePython(),
    awsEndpoint: ministack.spec.url,
    workDir,
    imagesDir: '',
    machine: {},
    log: () => undefined,
  });
  stacks = new Stacks(ministack.spec.url);
  sagemaker = new SageMakerClient(clientConfig(standIn.url, ACCOUNT));
  runtime = new SageMakerRuntimeClient(clientConfig(standIn.url, ACCOUNT));
  await putArchives({ doubles: scriptFiles('2'), triples: scriptFiles('3'), broken: { 'factor.txt': '2' } });
}, 400_000);
afterAll(async () => {
  for (const client of [sagemaker, runtime, stacks?.client]) client?.destroy();
  await standIn?.close();
  await ministack?.stop();
  await rm(workDir, { recursive: true, force: true });
});

async function putArchives(archives: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
  const s3 = new S3Client({ ...clientConfig(ministack.spec.url, ACCOUNT), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'models' }));
  for (const [name, files] of Object.entries(archives)) {
    await s3.send(new PutObjectCommand({ Bucket: 'models', Key: `${name}.tar.gz`, Body: await archiveOf(files) }));
  }
  s3.destroy();
}

/** A model with its configuration and endpoint, the numbers as texts, as a template may have them. */
function hosting(archive: string, { kind = {}, endpoint = {} }: { kind?: object; endpoint?: object } = {}): Resources {
  const container = { Image: IMAGE, ModelDataUrl: `s3://models/${archive}.tar.gz`, Environment: ENVIRONMENT };
  const instances = { InstanceType: 'ml.m5.large', InitialInstanceCount: '1', InitialVariantWeight: '1.0', ...kind };
  const variant = { VariantName: 'AllTraffic', ModelName: { 'Fn::GetAtt': ['Model', 'ModelName'] }, ...instances };
  return {
    Model: {
      Type: 'AWS::SageMaker::Model',
      Properties: { PrimaryContainer: container, ExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/r` },
    },
    Config: { Type: 'AWS::SageMaker::EndpointConfig', Properties: { ProductionVariants: [variant] } },
    Endpoint: {
      Type: 'AWS::SageMaker::Endpoint',
      Properties: { EndpointConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] }, ...endpoint },
    },
  };
}

const OUTPUTS = {
  Ref: { Ref: 'Endpoint' },
  Name: { 'Fn::GetAtt': ['Endpoint', 'EndpointName'] },
  ModelRef: { Ref: 'Model' },
  ConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] },
};

async function answer(EndpointName: string | undefined): Promise<unknown> {
  const Body = Buffer.from('[1, 2]');
  const { Body: body } = await runtime.send(
    new InvokeEndpointCommand({ EndpointName, Body, ContentType: 'application/json' }),
  );
  return JSON.parse(Buffer.from(body ?? []).toString());
}

/** The kinds of SageMaker's resources that a stack ever had and that are there. */
async function kindsThere(stack: string): Promise<(string | undefined)[]> {
  const arns = (await stacks.physicalIds(stack)).filter((id) => id.startsWith('arn:aws:sagemaker:'));
  const there = arns.map((ResourceArn) =>
    sagemaker.send(new ListTagsCommand({ ResourceArn })).then(
      () => ResourceArn.split(/[:/]/)[5],
      () => undefined,
    ),
  );
  return (await Promise.all(there)).filter((kind) => kind !== undefined).sort();
}

const ALL = ['endpoint', 'endpoint-config', 'model'];

it('a stack with an endpoint is there when the endpoint answers, and gone when it is gone', async () => {
  const stack = await stacks.create('whole', templateOf(hosting('doubles'), OUTPUTS));
  expect([stack.StackStatus, await stacks.failures('whole')]).toEqual(['CREATE_COMPLETE', []]);
  const { Ref, Name = '', ModelRef, ConfigName = '' } = outputsOf(stack);
  expect(Ref).toBe(`arn:aws:sagemaker:us-east-1:${ACCOUNT}:endpoint/${Name}`);
  expect(ModelRef).toMatch(new RegExp(`^arn:aws:sagemaker:us-east-1:${ACCOUNT}:model/whole-Model-[0-9a-f]{12}$`));
  expect(await answer(Name)).toEqual([2, 4]);
  const config = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: ConfigName }));
  expect(config.ProductionVariants).toMatchObject([{ InitialInstanceCount: 1, InitialVariantWeight: 1 }]);

  expect(await kindsThere('whole')).toEqual(ALL);
  const { StackId = '', StackStatus } = await stacks.delete('whole');
  expect([StackStatus, await kindsThere(StackId)]).toEqual(['DELETE_COMPLETE', []]);
});

describe('an endpoint of a stack', () => {
  const name = 'ours';
  const template = (archive: string, kind: object = {}) =>
    templateOf(hosting(archive, { kind, endpoint: { EndpointName: name } }));

  beforeAll(() => stacks.create('ours', template('doubles')));
  afterAll(() => stacks.delete('ours'));

  it('changes in place when its configuration does, and leaves none of the old behind', async () => {
    expect((await stacks.update('ours', template('triples'))).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await answer(name)).toEqual([3, 6]);
    expect(await kindsThere('ours')).toEqual(ALL);
  });

  it('goes on with what served when the new one does not come up, and the stack says why', async () => {
    const stack = await stacks.update('ours', template('broken'));
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stacks.failures('ours')).toEqual([expect.stringContaining('did not pass the ping health check')]);
    expect(await answer(name)).toEqual([3, 6]);
    expect(await kindsThere('ours')).toEqual(ALL);
  });

  it('does not become serverless: SageMaker refuses, the stack goes back', async () => {
    const serverless = {
      ServerlessConfig: { MaxConcurrency: 2, MemorySizeInMB: '1024' },
      InstanceType: { Ref: 'AWS::NoValue' },
    };
    const kind = { ...serverless, InitialInstanceCount: { Ref: 'AWS::NoValue' } };
    expect((await stacks.update('ours', template('triples', kind))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await stacks.failures('ours')).at(-1)).toMatch(
      /Cannot update the real-time endpoint .* to a serverless configuration/,
    );
  });

  it('with another name is another one, up before the old one goes', async () => {
    const other = templateOf(hosting('triples', { endpoint: { EndpointName: 'ours-too' } }));
    await stacks.update('ours', other);
    expect(await answer('ours-too')).toEqual([3, 6]);
    await expect(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).rejects.toThrow('Could not find');
    await stacks.update('ours', template('triples'));
  });

  it('has the tags of its template and of its stack, which change without it', async () => {
    const tagged = (Tags: object[]) => templateOf(hosting('triples', { endpoint: { EndpointName: name, Tags } }));
    const tags = async () => {
      const ResourceArn = `arn:aws:sagemaker:us-east-1:${ACCOUNT}:endpoint/${name}`;
      return (await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags;
    };
    const { LastModifiedTime } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    await stacks.update(
      'ours',
      tagged([
        { Key: 'model', Value: 'a' },
        { Key: 'run', Value: 'b' },
      ]),
    );
    expect(await tags()).toEqual([
      { Key: 'model', Value: 'a' },
      { Key: 'run', Value: 'b' },
    ]);
    await stacks.update('ours', tagged([{ Key: 'model', Value: 'c' }]));
    expect(await tags()).toEqual([{ Key: 'model', Value: 'c' }]);
    expect(await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).toMatchObject({
      LastModifiedTime,
    });
  });
});

describe('a stack whose endpoint does not come up', () => {
  it('leaves nothing', async () => {
    const EndpointName = 'never-up';
    const stack = await stacks.create('broken', templateOf(hosting('broken', { endpoint: { EndpointName } })));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.failures('broken')).toEqual([expect.stringContaining('did not pass the ping health check')]);
    expect(await kindsThere('broken')).toEqual([]);
    await expect(sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).rejects.toThrow('Could not find');
  });

  it('says what SageMaker refuses, in its words', async () => {
    await stacks.create('refused', templateOf(hosting('missing')));
    expect(await stacks.failures('refused')).toEqual([expect.stringContaining('s3://models/missing.tar.gz')]);
    await stacks.create('memory', templateOf(hosting('doubles', { kind: { InitialInstanceCount: 'many' } })));
    expect(await stacks.failures('memory')).toEqual([expect.stringContaining('STRING_VALUE')]);
  });
});

it('an endpoint that somebody deleted is no hindrance to the deletion of its stack', async () => {
  await stacks.create('orphan', templateOf(hosting('doubles', { endpoint: { EndpointName: 'orphan' } })));
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'orphan' }));
  expect((await stacks.delete('orphan')).StackStatus).toBe('DELETE_COMPLETE');
});

it("a name that is somebody else's fails the stack and leaves theirs", async () => {
  await stacks.create('theirs', templateOf(hosting('doubles'), OUTPUTS));
  const { ConfigName } = outputsOf(await stacks.describe('theirs'));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'taken', EndpointConfigName: ConfigName }));
  const stack = await stacks.create('mine', templateOf(hosting('doubles', { endpoint: { EndpointName: 'taken' } })));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await stacks.failures('mine')).toEqual([expect.stringContaining('Cannot create already existing endpoint')]);
  const { EndpointName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'taken' }));
  expect(EndpointName).toBe('taken');
});
