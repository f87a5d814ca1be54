import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allWell, sandboxHealth } from '../../../sandbox/cli/health';
import { down, up } from '../../../sandbox/cli/lifecycle';
import { sandboxPaths } from '../../../sandbox/processes/paths';
import { everyProcess } from '../../../sandbox/processes/process-table';

jest.setTimeout(400_000);

const homes: string[] = [];

function newHome(): string {
  const home = join(mkdtempSync(join(tmpdir(), 'up test ')), 'home');
  homes.push(home);
  return home;
}

afterAll(() => Promise.all(homes.map((home) => down({ home }))));

/** The processes that a sandbox's supervisor noted, and all that name its folder. */
function processesOf(home: string): string[] {
  return everyProcess().flatMap(({ command }) => (command.includes(home) ? [command] : []));
}

it('brings everything up, says how it goes, and takes everything down', async () => {
  const home = newHome();
  const said: string[] = [];
  const { env, openSource } = await up({ home, stay: false, say: (line) => said.push(line) });
  const paths = sandboxPaths(home);
  expect(allWell(sandboxHealth(paths))).toBe(true);
  expect(said.join('\n')).toMatch(
    /mlflow is running.*[\s\S]*account 111111111111: ModelRepack and ServiceCatalogProduct deployed/,
  );

  // Both accounts have a stack that answers, and refuses what nobody signed.
  expect(openSource.STATE_MACHINE_ARN).toContain(':222222222222:');
  for (const { WEBHOOK_URL } of [env, openSource]) {
    expect((await fetch(WEBHOOK_URL, { method: 'POST', body: '{}' })).status).toBe(401);
  }

  // And a place for repositories, beside the services that fill it.
  expect(openSource.REPOSITORIES).toBe(join(home, 'repositories', '222222222222'));
  expect((await fetch(`${env.AWS_ENDPOINT_URL_CODEPIPELINE}/health`)).status).toBe(200);

  // A second up finds it.
  const again: string[] = [];
  expect((await up({ home, say: (line) => again.push(line) })).env).toEqual(env);
  expect(again).toEqual([`the sandbox is already up in ${paths.home}`]);

  // A part that dies shows.
  const mlflow = sandboxHealth(paths).find(({ part }) => part === 'mlflow');
  process.kill(-(mlflow?.pid ?? 0), 'SIGKILL');
  const deadline = Date.now() + 5_000;
  while (allWell(sandboxHealth(paths)) && Date.now() < deadline) {
    await fetch(env.AWS_ENDPOINT_URL);
  }
  expect(sandboxHealth(paths)).toContainEqual(expect.objectContaining({ part: 'mlflow', state: 'ended' }));

  const pids = sandboxHealth(paths).flatMap(({ pid }) => pid ?? []);
  expect(await down({ home })).toBe(true);
  const left = everyProcess().filter(({ pid, group }) => pids.includes(pid) || pids.includes(group));
  expect(left).toEqual([]);
  expect(processesOf(home)).toEqual([]);
  expect(existsSync(paths.env) || existsSync(paths.openSourceEnv)).toBe(false);
});

it('leaves nothing running when the stacks cannot be synthesized, and shows why', async () => {
  const home = newHome();
  const app = `${process.execPath} -e "console.error('the app is broken'); process.exit(7)"`;
  await expect(up({ home, stay: false, app })).rejects.toThrow(/deploy-synth\.log[\s\S]*the app is broken/);
  expect(sandboxHealth(sandboxPaths(home))).toEqual([]);
  expect(processesOf(home)).toEqual([]);
});

it('leaves nothing running when it is interrupted', async () => {
  const home = newHome();
  const interrupted = new AbortController();
  const say = (line: string): void => {
    if (line.startsWith('ministack is running')) {
      interrupted.abort(new Error('interrupted'));
    }
  };
  await expect(up({ home, stay: false, say, signal: interrupted.signal })).rejects.toThrow('interrupted');
  expect(processesOf(home)).toEqual([]);
});
