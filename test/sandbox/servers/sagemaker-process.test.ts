import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type AwsDouble, startAwsDouble } from './sagemaker/aws-double';
import { deploy, invoke, prepare, scriptFiles } from './sagemaker/hosting';
import { ACCOUNT, REGION, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

const SLOW = 'import time\ntime.sleep(60)\n';
const MAIN = join(__dirname, '../../../sandbox/sagemaker/main.ts');

let aws: AwsDouble;
let workDir: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  aws = await startAwsDouble();
  workDir = await mkdtemp(join(tmpdir(), 'sagemaker-'));
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  await aws.close();
  await rm(workDir, { recursive: true, force: true });
});

async function start(settings: Record<string, string>): Promise<ChildProcess> {
  child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return child;
}

async function startReady(settings: Record<string, string> = {}): Promise<{ process: ChildProcess; url: string }> {
  const started = await start({ PYTHON: requirePython(), AWS_ENDPOINT_URL: aws.url, WORK_DIR: workDir, ...settings });
  if (!started.stdout) throw new Error('The process has no stdout.');
  const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
  return { process: started, url: (JSON.parse(line) as { url: string }).url };
}

/** Deploys a model that answers. */
async function deployWorker(url: string): Promise<void> {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const sagemaker = new SageMakerClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  const runtime = new SageMakerRuntimeClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  const stage = { aws, sagemaker, runtime } as Stage;
  await prepare(stage, 'model', scriptFiles('1'));
  expect((await deploy(stage, 'model')).EndpointStatus).toBe('InService');
  expect((await invoke(stage, 'model', [1])).text).toBe('[1.0]');
  sagemaker.destroy();
  runtime.destroy();
}

/** The commands of all workers, and of the programs in their containers: each names a folder below that of the test. */
async function workers(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args'], { maxBuffer: 2 ** 26 });
  return stdout.split('\n').filter((line) => line.includes('main.py') && line.includes(workDir));
}

/** The programs end within moments of their workers. */
async function workersLeft(): Promise<string[]> {
  for (let tries = 0; tries < 100 && (await workers()).length > 0; tries += 1) await setTimeout(20);
  return workers();
}

test('says where it listens and is healthy', async () => {
  const { url } = await startReady();
  const health = await fetch(`${url}/health`);
  expect([health.status, await health.text()]).toEqual([200, 'ok']);
});

test.each([
  ['SIGTERM', {}, (started: ChildProcess) => started.kill('SIGTERM')],
  ['SIGINT', {}, (started: ChildProcess) => started.kill('SIGINT')],
  ['the end of stdin', { STOP_WITH_STDIN: '1' }, (started: ChildProcess) => started.stdin?.end()],
])('%s ends it and its workers', async (_what, settings, stop) => {
  const { process: started, url } = await startReady(settings);
  await deployWorker(url);
  expect(await workers()).not.toEqual([]);
  stop(started);
  expect(await once(started, 'exit')).toEqual([0, null]);
  expect(await workersLeft()).toEqual([]);
});

test('stopped while an endpoint is being created, it leaves no worker behind', async () => {
  const { process: started, url } = await startReady();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const sagemaker = new SageMakerClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  await prepare({ aws, sagemaker } as Stage, 'slow', scriptFiles('1', { 'code/inference.py': SLOW }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'slow', EndpointConfigName: 'slow' }));
  const inside = (line: string) => line.includes('kinds.program');
  for (let tries = 0; tries < 200 && !(await workers()).some(inside); tries += 1) await setTimeout(20);
  expect((await workers()).some(inside)).toBe(true);
  started.kill('SIGTERM');
  expect(await once(started, 'exit')).toEqual([0, null]);
  expect(await workersLeft()).toEqual([]);
  sagemaker.destroy();
});

test('a worker ends with the process even if that is killed', async () => {
  const { process: started, url } = await startReady();
  await deployWorker(url);
  started.kill('SIGKILL');
  expect(await workersLeft()).toEqual([]);
});

test('a missing setting is named', async () => {
  const started = await start({ AWS_ENDPOINT_URL: aws.url, WORK_DIR: workDir });
  let said = '';
  started.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(started, 'close');
  expect(code).toBe(1);
  expect(said).toContain('PYTHON is not set');
});
