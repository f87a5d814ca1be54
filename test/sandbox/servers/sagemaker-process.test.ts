import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type AwsDouble, startAwsDouble } from './sagemaker/aws-double';
import { deploy, invoke, prepare, scriptFiles } from './sagemaker/hosting';
import { ACCOUNT, REGION, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

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

/** The pid of a worker that serves, so that its end can be seen. */
async function deployWorker(url: string): Promise<number> {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const sagemaker = new SageMakerClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  const runtime = new SageMakerRuntimeClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  const stage = { aws, sagemaker, runtime } as Stage;
  const script = 'import os\ndef model_fn(folder):\n  return 1\ndef predict_fn(data, model):\n  return os.getpid()\n';
  await prepare(stage, 'model', scriptFiles('1', { 'code/inference.py': script }));
  expect((await deploy(stage, 'model')).EndpointStatus).toBe('InService');
  const { text } = await invoke(stage, 'model', [1]);
  sagemaker.destroy();
  runtime.destroy();
  return Number(text);
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

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
  const worker = await deployWorker(url);
  expect(isAlive(worker)).toBe(true);
  stop(started);
  expect(await once(started, 'exit')).toEqual([0, null]);
  expect(isAlive(worker)).toBe(false);
});

test('stopped while an endpoint is being created, it leaves no worker behind', async () => {
  const { process: started, url } = await startReady();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const sagemaker = new SageMakerClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  const script = `import os, time\nopen("${workDir}/pid", "w").write(str(os.getpid()))\ntime.sleep(60)\n`;
  await prepare({ aws, sagemaker } as Stage, 'slow', scriptFiles('1', { 'code/inference.py': script }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'slow', EndpointConfigName: 'slow' }));
  let pid = '';
  for (let tries = 0; tries < 200 && pid === ''; tries += 1) {
    pid = await readFile(join(workDir, 'pid'), 'utf8').catch(() => '');
    await new Promise((done) => setTimeout(done, 20));
  }
  expect(isAlive(Number(pid))).toBe(true);
  started.kill('SIGTERM');
  expect(await once(started, 'exit')).toEqual([0, null]);
  expect(isAlive(Number(pid))).toBe(false);
  sagemaker.destroy();
});

test('a worker ends with the process even if that is killed', async () => {
  const { process: started, url } = await startReady();
  const worker = await deployWorker(url);
  started.kill('SIGKILL');
  for (let tries = 0; tries < 100 && isAlive(worker); tries += 1) await new Promise((done) => setTimeout(done, 20));
  expect(isAlive(worker)).toBe(false);
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
