import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROJECT } from '../sandbox/processes/paths';
import { typescriptArguments } from '../sandbox/processes/start';

/**
 * Runs a measuring script in TypeScript, and gives what its last line says in JSON.
 *
 * @throws Error with the last line that it wrote on stderr when it failed
 */
export async function runScript(script: string, args: readonly string[], signal: AbortSignal): Promise<unknown> {
  try {
    const command = [...typescriptArguments(script), ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: PROJECT, signal });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '' } = error as { stderr?: string };
    const why = stderr.trim().split('\n').at(-1) || String(error);
    throw new Error(`${script.slice(PROJECT.length + 1)} failed: ${why}`, { cause: error });
  }
}
