import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findPython, NoPython } from '../../../../sandbox/setup/find-python';

/** A folder with programs; each is a shell script. */
function folderWith(programs: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fake pythons '));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** A script that answers as Python of a version would. */
function python(version: string, answer: Record<string, unknown> = {}): string {
  const said = { version, bits: true, implementation: 'cpython', executable: `/real/python-${version}`, ...answer };
  return `echo '${JSON.stringify(said)}'`;
}

const shim = "echo 'pyenv: python3.13: command not found' >&2; exit 127";

function refusal(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux'): string {
  try {
    findPython(env, platform);
  } catch (error) {
    expect(error).toBeInstanceOf(NoPython);
    return (error as Error).message;
  }
  throw new Error('a Python was found');
}

it('takes the newest supported version on PATH', () => {
  const PATH = folderWith({
    python3: python('3.11.2'),
    'python3.11': python('3.11.2'),
    'python3.12': python('3.12.1'),
  });
  expect(findPython({ PATH })).toEqual({ executable: '/real/python-3.12.1', version: '3.12.1' });
});

it('takes one that only has the plain name', () => {
  expect(findPython({ PATH: folderWith({ python: python('3.13.0') }) }).version).toBe('3.13.0');
});

it('passes over a shim that fails and looks in the other folders', () => {
  const PATH = [folderWith({ 'python3.13': shim }), folderWith({ 'python3.13': python('3.13.1') })].join(delimiter);
  expect(findPython({ PATH }).version).toBe('3.13.1');
});

it('passes over a version that is too new, a 32-bit build and another implementation', () => {
  const PATH = folderWith({
    'python3.13': python('3.13.1', { bits: false }),
    'python3.12': python('3.12.1', { implementation: 'pypy' }),
    python3: python('3.14.0'),
    python: python('3.11.9'),
  });
  expect(findPython({ PATH }).version).toBe('3.11.9');
});

it('passes over folders and files that cannot be run', () => {
  const folder = folderWith({ 'python3.11': python('3.11.5') });
  mkdirSync(join(folder, 'python3.13'));
  writeFileSync(join(folder, 'python3.12'), python('3.12.0'));
  expect(findPython({ PATH: folder }).version).toBe('3.11.5');
});

it('takes what PYTHON names before anything on PATH', () => {
  const PATH = folderWith({ 'python3.13': python('3.13.1') });
  const PYTHON = join(folderWith({ mine: python('3.11.4') }), 'mine');
  expect(findPython({ PATH, PYTHON }).version).toBe('3.11.4');
});

it('does not overrule a PYTHON that cannot be used', () => {
  const PATH = folderWith({ 'python3.13': python('3.13.1') });
  const PYTHON = join(folderWith({ mine: python('3.9.6') }), 'mine');
  expect(refusal({ PATH, PYTHON })).toMatch(/^PYTHON names .*mine, which cannot be used: it is Python 3\.9\.6\./);
});

it('says what it found, and why each does not fit', () => {
  const PATH = folderWith({
    'python3.13': shim,
    'python3.11': 'echo "ModuleNotFoundError: No module named \'ensurepip\'" >&2; exit 1',
    python3: python('3.9.6'),
    python: 'echo hello',
  });
  const message = refusal({ PATH });
  expect(message).toContain('The sandbox needs Python 3.11, 3.12 or 3.13.');
  expect(message).toContain('python3.13: pyenv: python3.13: command not found');
  expect(message).toContain('python3.11: it has no ensurepip module');
  expect(message).toContain('python3: it is Python 3.9.6');
  expect(message).toContain('python: it does not answer as Python does');
});

it.each([
  ['darwin', 'brew install python@3.12'],
  ['linux', 'sudo apt-get install python3 python3-venv'],
  ['win32', 'WSL'],
] as const)('says how to get one on %s', (platform, advice) => {
  const message = refusal({ PATH: folderWith({}) }, platform);
  expect(message).toContain('Found no python at all on PATH.');
  expect(message).toContain(advice);
});
