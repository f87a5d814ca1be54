import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../../../sandbox/processes/paths';

jest.setTimeout(60_000);

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/o': { version: '1.0.0', optional: true } },
};

/** A clone with a lockfile of its own, and a program `npm` that does what the test wants. */
function clone(
  npm: string,
  tools: readonly string[] = ['git', 'node', 'sh'],
): { folder: string; start: (...options: string[]) => Started } {
  const folder = mkdtempSync(join(tmpdir(), 'bare clone '));
  const bin = join(folder, 'bin');
  mkdirSync(join(folder, 'sandbox'), { recursive: true });
  mkdirSync(bin);
  cpSync(join(PROJECT, 'sandbox', 'start.mjs'), join(folder, 'sandbox', 'start.mjs'));
  writeFileSync(join(folder, 'sandbox', 'main.ts'), "console.log('the sandbox runs');\n");
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(LOCK));
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  for (const tool of tools) {
    const found = tool === 'node' ? process.execPath : spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(bin, tool));
  }
  const start = (...options: string[]): Started => {
    const env = { PATH: `${bin}:/nowhere`, HOME: folder, PROJECT };
    const run = spawnSync(process.execPath, [...options, join(folder, 'sandbox', 'start.mjs')], {
      encoding: 'utf8',
      env,
    });
    return { code: run.status, said: run.stdout + run.stderr };
  };
  return { folder, start };
}

interface Started {
  readonly code: number | null;
  readonly said: string;
}

/** As npm does: the packages, and its own list of them last. The clone gets the project's tsx. */
const INSTALL = `echo "$*" >> calls; /bin/mkdir -p node_modules/a node_modules/o; echo '{}' | /usr/bin/tee node_modules/a/package.json > node_modules/o/package.json; /bin/ln -sfn "$PROJECT/node_modules/tsx" node_modules/tsx
/bin/ln -sfn "$PROJECT/node_modules/esbuild" node_modules/esbuild; /bin/cp package-lock.json node_modules/.package-lock.json`;

test('installs the packages in a bare clone, once, and again when the lockfile changed', () => {
  const { folder, start } = clone(INSTALL);
  expect(start()).toMatchObject({
    code: 0,
    said: expect.stringMatching(/installing 1 Node packages[\s\S]*the sandbox runs/),
  });
  expect(start()).toEqual({ code: 0, said: 'the sandbox runs\n' });
  const pulled = { packages: { ...LOCK.packages, 'node_modules/a': { version: '2.0.0' } } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(pulled));
  expect(start().said).toContain('installing 1 Node packages');
  expect(readFileSync(join(folder, 'calls'), 'utf8').match(/^ci /gm)).toHaveLength(2);
});

test('accepts an installation without the optional packages of other platforms', () => {
  const { folder, start } = clone(INSTALL);
  start();
  const { 'node_modules/o': _, ...installed } = LOCK.packages;
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  expect(start()).toEqual({ code: 0, said: 'the sandbox runs\n' });
});

test.each([
  ['a registry that cannot be reached', 'npm error code ENOTFOUND', /cannot be reached.*HTTPS_PROXY/],
  ['a full disk', 'npm error code ENOSPC', /disk is full/],
  ['files of another user', 'npm error code EACCES', /Check who owns/],
])('names the fix for %s', (_, error, fix) => {
  const { code, said } = clone(`echo "${error}" >&2; exit 1`).start();
  expect(code).toBe(1);
  expect(said).toMatch(fix);
  expect(said).toContain(error);
});

test.each(['18.20.8', '20.9.0', '20.14.0'])('rejects Node %s, with the version that it needs', (version) => {
  const { folder, start } = clone(INSTALL);
  const old = join(folder, 'old.cjs');
  writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n`);
  const { code, said } = start('--require', old);
  expect(code).toBe(1);
  expect(said).toContain('The sandbox needs Node 20.15 or newer');
});

test('names git when it is missing', () => {
  const { code, said } = clone(INSTALL, ['node', 'sh']).start();
  expect(code).toBe(1);
  expect(said).toMatch(/needs git.*Install it/);
});

test.each(['', '{}', '{"packages": {'])(
  'installs again when the list of what is installed is cut off: "%s"',
  (content) => {
    const { folder, start } = clone(INSTALL);
    start();
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), content);
    expect(start()).toMatchObject({ code: 0, said: expect.stringContaining('installing 1 Node packages') });
  },
);

test('installs again when a package is gone that the list names', () => {
  const { folder, start } = clone(INSTALL);
  start();
  rmSync(join(folder, 'node_modules', 'a'), { recursive: true });
  expect(start()).toMatchObject({ code: 0, said: expect.stringMatching(/installing 1 Node[\s\S]*the sandbox runs/) });
});

test('waits for another installation, and takes over one that died', async () => {
  const { folder, start } = clone(INSTALL);
  const lock = join(folder, '.sandbox-install');
  const other = spawn('sleep', ['1.5']);
  mkdirSync(lock);
  writeFileSync(join(lock, 'pid'), String(other.pid));
  const ended = new Promise((resolve) => other.once('exit', resolve));
  await Promise.all([ended, new Promise((resolve) => setTimeout(resolve, 100))]);
  expect(start()).toMatchObject({ code: 0, said: expect.stringMatching(/waiting for it[\s\S]*installing 1/) });
  expect(existsSync(lock)).toBe(false);
});

test('names the lockfile that cannot be read', () => {
  const { folder, start } = clone(INSTALL);
  writeFileSync(join(folder, 'package-lock.json'), '<<<<<<< HEAD');
  expect(start()).toMatchObject({ code: 1, said: expect.stringMatching(/package-lock\.json cannot be read/) });
});
