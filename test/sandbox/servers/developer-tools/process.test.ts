import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { CodeCommitClient, CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { clientConfig } from '../../../../sandbox/deploy/clients';
import { startFakeServer } from '../../../support/fake-server';
import { requirePython } from '../sagemaker/stage';
import { makeProject } from './builds';
import { processesWith } from './processes';
import { ACCOUNT, until } from './stage';

jest.setTimeout(60_000);

const MAIN = join(__dirname, '../../../../sandbox/developer-tools/main.ts');
const CREDENTIALS =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2040-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>';

/** What is asked of MiniStack here: a role to assume, and events to take. */
const aws = startFakeServer();
let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'developer-tools-'));
  aws.answer = (request, response) => {
    const events = String(request.headers['x-amz-target']).endsWith('PutEvents');
    response.writeHead(200, { 'content-type': events ? 'application/x-amz-json-1.1' : 'text/xml' });
    response.end(events ? '{"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}' : CREDENTIALS);
  };
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

function start(settings: Record<string, string>): ChildProcess {
  child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return child;
}

async function startReady(settings: Record<string, string> = {}): Promise<{ process: ChildProcess; url: string }> {
  const started = start({
    PYTHON: requirePython(),
    AWS_ENDPOINT_URL: aws.url(),
    WORK_DIR: join(folder, 'work'),
    REPOSITORIES_DIR: join(folder, 'repositories'),
    ENVIRONMENT_FOLDERS: join(folder, 'images'),
    ...settings,
  });
  if (!started.stdout) throw new Error('The process has no stdout.');
  const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
  return { process: started, url: (JSON.parse(line) as { url: string }).url };
}

/** Starts a build that takes long; answers a text that its processes have. */
async function longBuild(url: string): Promise<string> {
  const mark = `sleep 7${Date.now() % 100_000}`;
  await makeProject(url, 'long', { phases: { build: { commands: [`${mark} & ${mark}`] } } });
  const client = new CodeBuildClient(clientConfig(url, ACCOUNT));
  await client.send(new StartBuildCommand({ projectName: 'long' }));
  client.destroy();
  await until(async () => (processesWith(mark).length >= 2 ? true : undefined));
  return mark;
}

test.each([
  ['SIGTERM', {}, (started: ChildProcess) => started.kill('SIGTERM')],
  ['the end of stdin', { STOP_WITH_STDIN: '1' }, (started: ChildProcess) => started.stdin?.end()],
])('%s ends it and its builds', async (_what, settings, stop) => {
  const { process: started, url } = await startReady(settings);
  expect(await (await fetch(`${url}/health`)).text()).toBe('ok');
  const mark = await longBuild(url);
  stop(started);
  expect(await once(started, 'exit')).toEqual([0, null]);
  expect(processesWith(mark)).toEqual([]);
});

test('builds end with the process even if that is killed', async () => {
  const { process: started, url } = await startReady();
  const mark = await longBuild(url);
  started.kill('SIGKILL');
  await until(async () => (processesWith(mark).length === 0 ? true : undefined), 10);
});

test('it begins without the repositories of a former sandbox, and leaves other folders alone', async () => {
  const { process: first, url } = await startReady();
  const client = new CodeCommitClient(clientConfig(url, ACCOUNT));
  await client.send(new CreateRepositoryCommand({ repositoryName: 'former' }));
  client.destroy();
  first.kill('SIGTERM');
  await once(first, 'exit');
  const account = join(folder, 'repositories', ACCOUNT);
  await mkdir(join(account, 'own.git'));
  await mkdir(join(folder, 'repositories', 'notes'));
  expect(existsSync(join(account, 'former.git'))).toBe(true);
  await startReady();
  expect(await readdir(account)).toEqual(['own.git']);
  expect(await readdir(join(folder, 'repositories'))).toEqual([ACCOUNT, 'notes']);
});
