import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readState, writeState } from '../../../../sandbox/processes/state';
import { isAlive, stopSandbox } from '../../../../sandbox/processes/stop';
import { newHome, pidIn, pidsOf, startToys, survivors, type ToySandbox, until } from './toys';

jest.setTimeout(40_000);

const started: ToySandbox[] = [];

function start(...args: Parameters<typeof startToys>): ToySandbox {
  const toys = startToys(...args);
  started.push(toys);
  return toys;
}

afterEach(async () => {
  for (const { paths, supervisor } of started.splice(0)) {
    supervisor.process.kill('SIGTERM');
    await stopSandbox(paths);
  }
});

it('starts all parts, each at a port of its own, and notes what runs', async () => {
  const { ready } = start({ first: {}, second: {} });
  const state = await ready();
  expect(state.parts.map(({ name, state: now }) => [name, now])).toEqual([
    ['first', 'running'],
    ['second', 'running'],
  ]);
  const answers = await Promise.all(state.parts.map(async ({ url }) => (await fetch(url)).text()));
  expect(answers).toEqual(['ok', 'ok']);
  expect(isAlive(state.supervisor)).toBe(true);
  expect(new Set(state.parts.map(({ port }) => port)).size).toBe(2);
});

it('leaves nothing behind when the supervisor is killed with SIGKILL', async () => {
  const home = newHome();
  const childFile = `${home.home}.child`;
  const { ready } = start(
    { plain: {}, stubborn: { STUBBORN: '1', CHILD: childFile, GUARD_GRACE_SECONDS: '0.5' } },
    home,
  );
  const state = await ready();
  process.kill(state.supervisor.pid, 'SIGKILL');
  expect(await survivors([state.supervisor.pid, ...pidsOf(state), pidIn(childFile)])).toEqual([]);
});

it('ends with its starter unless it was told to stay', async () => {
  const { ready, supervisor } = start({ plain: {} });
  const state = await ready();
  supervisor.process.stdin?.destroy();
  expect(await survivors([state.supervisor.pid, ...pidsOf(state)])).toEqual([]);
});

it('lives on once it was told to stay', async () => {
  const { ready, supervisor, paths } = start({ plain: {} });
  const state = await ready();
  supervisor.stay();
  expect(await survivors([state.supervisor.pid], 1_000)).toEqual([state.supervisor.pid]);
  expect(await stopSandbox(paths)).toBe(true);
  expect(await survivors([state.supervisor.pid, ...pidsOf(state)], 0)).toEqual([]);
});

it('notes a part that dies and keeps the others', async () => {
  const { ready, paths } = start({ mortal: { DIE_AFTER_MS: '1500' }, other: {} });
  await ready();
  await until(() => readState(paths.state)?.parts[0]?.state === 'ended');
  const state = readState(paths.state);
  expect(state?.parts[0]?.detail).toBe('ended with exit code 4');
  expect(state?.parts[1]?.state).toBe('running');
  expect(readFileSync(join(paths.logs, 'supervisor.log'), 'utf8')).toContain('mortal ended with exit code 4');
});

it('ends the program of a guard that was killed', async () => {
  const { ready, paths } = start({ plain: {} });
  const { guard, program } = (await ready()).parts[0] ?? {};
  process.kill(guard?.pid ?? 0, 'SIGKILL');
  expect(await survivors([program?.pid ?? 0])).toEqual([]);
  await until(() => readState(paths.state)?.parts[0]?.state === 'ended');
});

it('fails as a whole when a part does not start, names it, and leaves nothing running', async () => {
  const { ready, paths } = start({ good: {}, bad: { FAIL: '1' } });
  await expect(ready()).rejects.toMatchObject({ part: 'bad', message: 'bad ended with exit code 3' });
  const state = readState(paths.state);
  expect(state?.phase).toBe('failed');
  expect(state && (await survivors(pidsOf(state)))).toEqual([]);
  expect(readFileSync(join(paths.logs, 'bad.log'), 'utf8')).toBe('the toy cannot start\n');
});

it('chooses other ports when another program takes one first', async () => {
  const home = newHome();
  const hijacker = `${home.home}.hijacker`;
  const { ready } = start({ robbed: { HIJACKER: hijacker } }, home);
  const state = await ready();
  process.kill(pidIn(hijacker), 'SIGKILL');
  expect(state.parts[0]?.state).toBe('running');
  expect(readFileSync(join(home.logs, 'supervisor.log'), 'utf8')).toMatch(/port \d+ was taken by another program/);
});

describe('stopping', () => {
  it('does nothing where nothing runs', async () => {
    expect(await stopSandbox(newHome())).toBe(false);
  });

  it('ends what a dead supervisor and a dead guard left, and forgets the sandbox', async () => {
    const { ready, paths, supervisor } = start({ stubborn: { STUBBORN: '1', GUARD_GRACE_SECONDS: '0.5' } });
    const state = await ready();
    writeFileSync(paths.env, 'A=b\n');
    const guard = state.parts[0]?.guard?.pid ?? 0;
    // Stopped, the guard cannot end its group; so the group is what is left.
    process.kill(guard, 'SIGSTOP');
    supervisor.process.kill('SIGKILL');
    process.kill(guard, 'SIGKILL');
    expect(await stopSandbox(paths)).toBe(true);
    expect(await survivors(pidsOf(state), 0)).toEqual([]);
    expect(existsSync(paths.env) || existsSync(paths.state)).toBe(false);
  });

  it('leaves a process alone that has the id of one of ours by chance', async () => {
    const { ready, paths } = start({ plain: {} });
    const state = await ready();
    await stopSandbox(paths);
    const bystander = start({ plain: {} });
    const theirs = await bystander.ready();
    const [mine, other] = [state.parts[0], theirs.parts[0]];
    if (!mine?.program || !other?.program) {
      throw new Error('a part has no program');
    }
    const reused = { ...mine, program: { pid: other.program.pid, started: mine.program.started } };
    writeState(paths.state, { ...state, parts: [reused] });
    await stopSandbox(paths);
    expect(isAlive(other.program)).toBe(true);
  });
});
