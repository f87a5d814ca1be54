import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process as the operating system lists it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** When it started, in whatever unit the system keeps: a pid that was given to another process has another one. */
  readonly started: string;
  readonly command: string;
}

/** Linux has the table in /proc, even where `ps` is not installed (small container images); macOS has `ps`. */
const hasProc = existsSync('/proc/self/stat');

/** The process with this id, or undefined when it has ended (a zombie has). */
export function processEntry(pid: number): ProcessEntry | undefined {
  return hasProc ? fromProc(pid) : fromPs(['-p', String(pid)])[0];
}

/** The living processes of a process group. */
export function groupMembers(group: number): ProcessEntry[] {
  return everyProcess().filter((entry) => entry.group === group);
}

/** Every living process that this user may see. */
export function everyProcess(): ProcessEntry[] {
  if (!hasProc) {
    return fromPs(['-A']);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fromProc(Number(name)) ?? []);
}

function fromProc(pid: number): ProcessEntry | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) {
    return undefined;
  }
  // proc(5): pid (comm) state ppid pgrp ... the 22nd is starttime. comm may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const started = fields[19];
  if (!state || 'ZX'.includes(state) || group === undefined || started === undefined) {
    return undefined;
  }
  const command = (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
  return { pid, parent: Number(parent), group: Number(group), started, command };
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}

function fromPs(selection: string[]): ProcessEntry[] {
  let listing: string;
  try {
    // The C locale keeps lstart at five words: "Mon Nov 23 22:26:01 2026".
    const env = { ...process.env, LC_ALL: 'C' };
    listing = execFileSync('ps', [...selection, '-o', 'pid=,ppid=,pgid=,stat=,lstart=,command='], {
      encoding: 'utf8',
      env,
    });
  } catch {
    // ps ends with 1 when no process matches.
    return [];
  }
  return listing.split('\n').flatMap((line) => {
    const [, pid, parent, group, stat, started, command] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+ \S+\s+\d+ \S+ \d+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || !group || !stat || !started || command === undefined || stat.startsWith('Z')) {
      return [];
    }
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started, command }];
  });
}
