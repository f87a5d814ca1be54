import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../../sandbox/cli/cli';
import { processEntry } from '../../../../sandbox/processes/process-table';
import { type SandboxState, writeState } from '../../../../sandbox/processes/state';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cli test '));
  process.env.SANDBOX_HOME = home;
});

afterAll(() => {
  delete process.env.SANDBOX_HOME;
});

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  const code = await runCommand(args, { out, signal: new AbortController().signal });
  return { code, said };
}

/** A state whose supervisor and one part are this very process. */
function stateOfThisProcess(part: Partial<SandboxState['parts'][number]> = {}): SandboxState {
  const me = { pid: process.pid, started: processEntry(process.pid)?.started ?? '' };
  const url = 'http://127.0.0.1:4566';
  const mlflow = { name: 'mlflow', state: 'running', program: me, port: 4566, url, since: 'today', ...part } as const;
  return { phase: 'ready', supervisor: me, since: 'today', parts: [mlflow], marks: ['nothing has this mark'] };
}

it('refuses an unknown command and names what there is', async () => {
  const { code, said } = await run('restart');
  expect(code).toBe(2);
  expect(said).toContain(
    'There is no command restart. There are: up, status, demo, provision, terminate, pipelines, logs, down, setup.',
  );
});

it.each(['up', 'down', 'status', 'demo', 'setup'])('%s refuses arguments', async (command) => {
  const { code, said } = await run(command, 'now');
  expect(code).toBe(2);
  expect(said).toContain(`${command} takes no arguments, but got: now`);
});

it.each(['up', 'down', 'status', 'demo', 'provision', 'terminate', 'pipelines', 'logs', 'setup'])(
  '%s --help describes the command and does nothing',
  async (command) => {
    const { code, said } = await run(command, '--help');
    expect(code).toBe(0);
    expect(said).toContain(`npm run sandbox -- ${command}`);
  },
);

it('--help names all commands and what the environment decides', async () => {
  const { code, said } = await run('--help');
  expect(code).toBe(0);
  const commands = ['up', 'status', 'demo', 'provision', 'terminate', 'pipelines', 'logs', 'down', 'setup'];
  for (const word of [...commands, 'SANDBOX_HOME', 'SANDBOX_VENV', 'PYTHON']) {
    expect(said).toContain(word);
  }
});

it('down is content when nothing runs', async () => {
  expect(await run('down')).toEqual({ code: 0, said: `Nothing runs in ${home}.\n` });
});

it.each(['demo', 'provision', 'terminate', 'pipelines'])(
  '%s says how to start a sandbox when none is up',
  async (command) => {
    const { code, said } = await run(command);
    expect(code).toBe(1);
    expect(said).toContain('npm run sandbox -- up');
  },
);

describe.each(['provision', 'terminate', 'pipelines'])('%s', (command) => {
  it('takes one name, quoted when it has spaces', async () => {
    const { code, said } = await run(command, 'my', 'model');
    expect(code).toBe(2);
    expect(said).toContain(`${command} takes one name, but got: my model. Quote a name that has spaces.`);
  });

  it('names the option that there is', async () => {
    const { code, said } = await run(command, 'model', '--fast');
    expect(code).toBe(2);
    expect(said).toContain(`${command} has no option --fast. There is: --opensource.`);
  });
});

describe('status', () => {
  it('says that nothing runs', async () => {
    expect(await run('status')).toEqual({ code: 1, said: `Nothing runs in ${home}.\n` });
  });

  it('shows each part, and is not content while some are missing', async () => {
    writeState(join(home, 'state.json'), stateOfThisProcess());
    const { code, said } = await run('status');
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^mlflow +running +${process.pid} +http://127.0.0.1:4566 +today$`, 'm'));
    expect(said).toMatch(/^stacks +not deployed$/m);
  });

  it('does not believe a state whose process is another one now', async () => {
    writeState(join(home, 'state.json'), stateOfThisProcess({ program: { pid: process.pid, started: 'earlier' } }));
    expect((await run('status')).said).toMatch(/^mlflow +ended/m);
  });

  it('names a state file that it cannot read', async () => {
    writeFileSync(join(home, 'state.json'), '{}');
    await expect(run('status')).rejects.toThrow(/state\.json is not the state of a sandbox/);
  });
});

describe('logs', () => {
  beforeEach(() => {
    mkdirSync(join(home, 'logs'));
    writeFileSync(join(home, 'logs', 'mlflow.log'), 'one\ntwo\n');
    writeFileSync(join(home, 'logs', 'ministack.log'), 'three\n');
  });

  it('shows the log of a part', async () => {
    expect(await run('logs', 'mlflow')).toEqual({ code: 0, said: 'one\ntwo\n' });
  });

  it('shows all logs under their names', async () => {
    expect((await run('logs')).said).toBe('==> ministack <==\nthree\n==> mlflow <==\none\ntwo\n');
  });

  it('refuses a part that has none and names those that have', async () => {
    const { code, said } = await run('logs', 'kafka');
    expect(code).toBe(2);
    expect(said).toContain('There is no log of kafka. There are: ministack, mlflow.');
  });

  it('goes on with what is written, until it is interrupted', async () => {
    const interrupted = new AbortController();
    const late = setTimeout(() => interrupted.abort(), 4_000);
    let said = '';
    const out = (text: string): void => {
      said += text;
      if (said === 'one\ntwo\n') {
        writeFileSync(join(home, 'logs', 'mlflow.log'), 'five\n', { flag: 'a' });
      } else {
        interrupted.abort();
      }
    };
    expect(await runCommand(['logs', 'mlflow', '-f'], { out, signal: interrupted.signal })).toBe(0);
    clearTimeout(late);
    expect(said).toBe('one\ntwo\nfive\n');
  });
});
