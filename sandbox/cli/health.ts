import { existsSync } from 'node:fs';
import type { SandboxPaths } from '../processes/paths';
import { PART_NAMES } from '../processes/sandbox-parts';
import { readState } from '../processes/state';
import { isAlive } from '../processes/stop';

/** A line of the status table. */
export interface Health {
  readonly part: string;
  readonly state: 'running' | 'starting' | 'ended' | 'down' | 'deployed' | 'not deployed';
  readonly pid?: number;
  readonly url?: string;
  readonly since?: string;
  readonly detail?: string;
}

/**
 * How each part of the sandbox is: what the supervisor noted, checked against the processes that are alive.
 *
 * @returns the supervisor, the servers, and the stacks, in this order; empty when nothing was started
 */
export function sandboxHealth(paths: SandboxPaths): Health[] {
  const state = readState(paths.state);
  if (!state) {
    return [];
  }
  const supervised = isAlive(state.supervisor);
  const phase = state.phase === 'starting' ? 'starting' : 'running';
  const supervisor: Health = {
    part: 'supervisor',
    state: supervised ? phase : 'ended',
    pid: state.supervisor.pid,
    since: state.since,
    ...(state.problem ? { detail: state.problem.message } : {}),
  };
  const servers = state.parts.map((part): Health => {
    const alive = isAlive(part.program);
    const { name, url, since, detail } = part;
    const now = alive || part.state === 'starting' ? part.state : 'ended';
    return {
      part: name,
      state: supervised || alive ? now : 'ended',
      url,
      since,
      ...(part.program ? { pid: part.program.pid } : {}),
      ...(detail ? { detail } : {}),
    };
  });
  const deployed = existsSync(paths.env) && existsSync(paths.openSourceEnv);
  return [supervisor, ...servers, { part: 'stacks', state: deployed ? 'deployed' : 'not deployed' }];
}

/** Whether every part runs and the stacks are deployed. */
export function allWell(health: readonly Health[]): boolean {
  const names = health.map(({ part }) => part);
  const complete = PART_NAMES.every((name) => names.includes(name));
  return complete && health.every(({ state }) => state === 'running' || state === 'deployed');
}

/** The table that `status` prints. */
export function healthTable(health: readonly Health[]): string {
  const head = ['part', 'state', 'pid', 'url', 'since'];
  const rows = health.map(({ part, state, pid, url, since, detail }) => [
    part,
    state,
    pid === undefined ? '' : String(pid),
    url ?? '',
    [since, detail].filter(Boolean).join('  '),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
