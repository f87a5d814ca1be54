import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a Python script to its end, and gives what it printed.
 *
 * @throws Error that ends with what Python said last
 */
export async function runPython(python: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await execute(python, [...args], { signal, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${args[0]} failed: ${stderr.trim().split('\n').at(-1) || String(error)}`, { cause: error });
  }
}
