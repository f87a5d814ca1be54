import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The versions that the pinned requirements are resolved for. */
export const SUPPORTED = ['3.13', '3.12', '3.11'] as const;

/** A Python that can make the virtual environment. */
export interface Interpreter {
  readonly executable: string;
  /** Such as `3.12.1`. */
  readonly version: string;
}

/** A Python that was looked at and cannot be used, and why. */
export interface Refused {
  readonly executable: string;
  readonly why: string;
}

/** No usable Python. Its message says what was found and what to install. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

// A virtual environment's interpreter leads back to the one that it was made from; that one outlives it.
const PROBE =
  'import sys, json, venv, ensurepip; print(json.dumps({' +
  '"version": "%d.%d.%d" % sys.version_info[:3], "bits": sys.maxsize > 2**32, ' +
  '"implementation": sys.implementation.name, "executable": getattr(sys, "_base_executable", "") or sys.executable}))';

/**
 * Finds a Python for the virtual environment: the one that PYTHON names, or the newest supported on PATH.
 * One that does not run (a pyenv shim without a version chosen), is too old, or has no venv module is passed over.
 *
 * @param env PYTHON and PATH
 * @throws NoPython when none fits, or when the one that PYTHON names does not: a choice is not overruled silently
 */
export function findPython(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Interpreter {
  if (env.PYTHON) {
    const chosen = probe(env.PYTHON, env);
    if ('why' in chosen) {
      throw new NoPython(
        `PYTHON names ${chosen.executable}, which cannot be used: ${chosen.why}.\n${remedy(platform)}`,
      );
    }
    return chosen;
  }
  const refused: Refused[] = [];
  for (const candidate of candidates(env.PATH ?? '')) {
    const result = probe(candidate, env);
    if (!('why' in result)) {
      return result;
    }
    refused.push(result);
  }
  const found = refused.map(({ executable, why }) => `  ${executable}: ${why}`);
  const looked = found.length > 0 ? `Found on PATH:\n${found.join('\n')}` : 'Found no python at all on PATH.';
  throw new NoPython(`The sandbox needs Python 3.11, 3.12 or 3.13. ${looked}\n${remedy(platform)}`);
}

function candidates(path: string): string[] {
  const names = [...SUPPORTED.map((version) => `python${version}`), 'python3', 'python'];
  const folders = path.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}

function probe(executable: string, env: NodeJS.ProcessEnv): Interpreter | Refused {
  const { PYTHONHOME: _home, PYTHONPATH: _path, ...clean } = env;
  const run = spawnSync(executable, ['-c', PROBE], { encoding: 'utf8', env: clean, timeout: 20_000 });
  if (run.error || run.status !== 0) {
    const said = (run.stderr ?? '').trim().split('\n');
    const missing = /No module named '?(venv|ensurepip)'?/.exec(run.stderr ?? '');
    return {
      executable,
      why: missing ? `it has no ${missing[1]} module` : run.error?.message || said[0] || 'it does not run',
    };
  }
  return judge(executable, run.stdout);
}

function judge(executable: string, answer: string): Interpreter | Refused {
  let said: { version: string; bits: boolean; implementation: string; executable: string };
  try {
    said = JSON.parse(answer.trim().split('\n').at(-1) ?? '');
  } catch {
    // Some other program of this name.
    return { executable, why: 'it does not answer as Python does' };
  }
  const series = said.version.split('.').slice(0, 2).join('.');
  if (!SUPPORTED.some((version) => version === series)) {
    return { executable, why: `it is Python ${said.version}` };
  }
  if (said.implementation !== 'cpython' || !said.bits) {
    return {
      executable,
      why: `it is ${said.bits ? said.implementation : 'a 32-bit build'}, and the packages are for 64-bit CPython`,
    };
  }
  return { executable: said.executable, version: said.version };
}

function remedy(platform: NodeJS.Platform): string {
  const install: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'brew install python@3.12',
    linux:
      'Debian, Ubuntu: sudo apt-get install python3 python3-venv; Fedora: sudo dnf install python3.12; ' +
      'Amazon Linux: sudo dnf install python3.11; any: pyenv install 3.12 && pyenv shell 3.12',
    win32:
      'the sandbox runs on Linux and macOS; on Windows use WSL, and there sudo apt-get install python3 python3-venv',
  };
  return `To install one: ${install[platform] ?? 'see https://www.python.org/downloads/'}.\nOr name one: PYTHON=/path/to/python3.12 npm run sandbox`;
}
