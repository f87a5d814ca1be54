import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGuarded } from '../../processes/guarded';
import { endStrays } from './strays';

/** What tells the processes of one build from all others. */
const BUILD_ID = 'CODEBUILD_BUILD_ID';

const SCRIPT = join(__dirname, 'phases.bash');

/** A shell that runs the phases of a build. */
export interface RunningShell {
  /** Resolves with the exit code when it and everything that it started have ended. */
  readonly ended: Promise<number>;
  /** Ends it with everything that it started. */
  stop(): void;
}

/**
 * Starts the phases of a plan (see plan.ts) in one shell. Its process group ends with it, and with this server however that
 * ends: a command that leaves something running leaves nothing behind.
 *
 * @param python an interpreter for the guard
 * @param log the file for what the commands print
 */
export function startShell(
  python: string,
  plan: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
  log: string,
): RunningShell {
  const command = ['bash', '--noprofile', '--norc', SCRIPT, plan] as const;
  const env = { ...environment, GUARD_GRACE_SECONDS: '2' };
  const guarded = startGuarded(python, { command: [...command], cwd: folder, env }, (chunk) =>
    appendFileSync(log, chunk),
  );
  // What has left the process group would keep the log open, and run on.
  guarded.guard.once('exit', () => endStrays(BUILD_ID, environment[BUILD_ID] ?? ''));
  return { ended: guarded.ended, stop: guarded.stop };
}
