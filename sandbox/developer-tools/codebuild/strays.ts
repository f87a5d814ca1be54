import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends the processes that left a build's process group (daemons do) and so outlived it: they are known by what their
 * environment says of the build.
 */
export function endStrays(variable: string, value: string): void {
  const mark = `${variable}=${value}`;
  for (const pid of process.platform === 'linux' ? fromProc(mark) : fromPs(mark)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It ended between the look and the signal.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function fromProc(mark: string): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => environmentOf(pid).split('\0').includes(mark)).map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It has ended, or is another user's, and then it is no build's.
    return '';
  }
}

function fromPs(mark: string): number[] {
  const lines = execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(` ${mark} `)).map((line) => Number.parseInt(line, 10));
}
