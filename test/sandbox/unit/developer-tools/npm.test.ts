import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT } from '../../../../sandbox/processes/paths';

const NPM = join(PROJECT, 'sandbox', 'developer-tools', 'codebuild', 'bin', 'npm');

/** A machine whose npm writes down its calls, and builds on it that share what they install. */
class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'npm-'));

  constructor(more = '') {
    const script = `#!/bin/sh
echo "$*" >> ${join(this.folder, 'calls')}
${more}
mkdir -p node_modules/a "$npm_config_prefix/bin" "$npm_config_prefix/lib/node_modules/tool"
echo made > node_modules/a/index.js
echo tool > "$npm_config_prefix/lib/node_modules/tool/cli"
ln -sf ../lib/node_modules/tool/cli "$npm_config_prefix/bin/tool"
`;
    mkdirSync(join(this.folder, 'bin'));
    writeFileSync(join(this.folder, 'bin', 'npm'), script);
    chmodSync(join(this.folder, 'bin', 'npm'), 0o755);
  }

  /** What the machine's own npm was called with. */
  get calls(): string[] {
    const file = join(this.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Runs npm in the folder of a new build. */
  build(
    args: readonly string[],
    files: Readonly<Record<string, object>> = {},
    more: Readonly<Record<string, string>> = {},
  ): { code: number | null; source: string } {
    const source = mkdtempSync(join(this.folder, 'source-'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(source, name), JSON.stringify(content));
    const env = {
      PATH: [dirname(NPM), join(this.folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      SANDBOX_NPM_INSTALLS: join(this.folder, 'installs'),
      npm_config_prefix: join(source, 'programs'),
      ...more,
    };
    const { status } = spawnSync(NPM, args, { cwd: source, env });
    return { code: status, source };
  }
}

const locked = (version = '1.0.0', own: object = {}) => ({
  'package.json': { name: 'app', ...own },
  'package-lock.json': { packages: { '': {}, 'node_modules/a': { version } } },
});

test('installs the packages of a lockfile once, whatever folder a build has', () => {
  const machine = new Machine();
  for (const _ of [1, 2]) {
    const { code, source } = machine.build(['ci', '--omit=dev'], locked());
    expect(code).toBe(0);
    expect(readFileSync(join(source, 'node_modules', 'a', 'index.js'), 'utf8')).toBe('made\n');
  }
  expect(machine.calls).toEqual(['ci --omit=dev']);
});

test.each([
  ['another lockfile', ['ci'], locked('2.0.0'), {}],
  ['other options', ['ci', '--omit=dev'], locked(), {}],
  ['other settings', ['ci'], locked(), { NODE_ENV: 'production' }],
])('installs again for %s', (_, args, files, more: Readonly<Record<string, string>>) => {
  const machine = new Machine();
  machine.build(['ci'], locked());
  machine.build(args, files, more);
  expect(machine.calls).toHaveLength(2);
});

test.each([
  ['scripts that run at installation', locked('1.0.0', { scripts: { postinstall: 'make' } })],
  ['workspaces', locked('1.0.0', { workspaces: ['packages/*'] })],
  ['packages from folders', { ...locked(), 'package-lock.json': { packages: { 'node_modules/b': { link: true } } } }],
  ['no lockfile', { 'package.json': {} }],
])('leaves an installation with %s to npm', (_, files) => {
  const machine = new Machine();
  machine.build(['ci'], files);
  machine.build(['ci'], files);
  expect(machine.calls).toEqual(['ci', 'ci']);
});

test('installs a global package of an exact version once, and its program runs in each build', () => {
  const machine = new Machine();
  for (const _ of [1, 2]) {
    const { source } = machine.build(['install', '-g', 'tool@1.2.3']);
    expect(readFileSync(join(source, 'programs', 'bin', 'tool'), 'utf8')).toBe('tool\n');
  }
  machine.build(['install', '-g', 'tool@latest']);
  machine.build(['install', '-g', 'tool@latest']);
  expect(machine.calls).toEqual(['install -g tool@1.2.3', 'install -g tool@latest', 'install -g tool@latest']);
});

test('keeps nothing of an installation that failed', () => {
  const machine = new Machine('exit 7');
  expect(machine.build(['ci'], locked()).code).toBe(7);
  expect(machine.build(['ci'], locked()).code).toBe(7);
  expect(machine.calls).toHaveLength(2);
});

test('passes other commands on', () => {
  const machine = new Machine();
  machine.build(['run', 'synth']);
  expect(machine.calls).toEqual(['run synth']);
});
