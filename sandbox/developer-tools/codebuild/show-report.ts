import type { BuildPhase, PhaseContext } from '@aws-sdk/client-codebuild';
import type { Build } from './build';
import { type Buildspec, PHASES, type PhaseName } from './buildspec';
import { readReport } from './plan';
import type { PhaseReport } from './report';

/** A phase that a running shell is in or has gone through, as BatchGetBuilds shows it. */
export function phasesUnderWay(plan: string): BuildPhase[] {
  return readReport(plan).map(({ name, begun, ended, failed }) => ({
    phaseType: typeOf(name),
    startTime: begun,
    ...(ended === undefined ? {} : { endTime: ended, phaseStatus: failed ? 'FAILED' : 'SUCCEEDED' }),
  }));
}

/**
 * Adds the phases that the shell went through to a build. A phase without commands succeeded at once, as far as the shell came.
 *
 * @returns whether one of them failed
 */
export function showReport(build: Build, spec: Buildspec, plan: string): boolean {
  const report = readReport(plan);
  let failed = false;
  for (const name of PHASES) {
    const phase = report.find((each) => each.name === name);
    if (phase) failed = show(build, spec, phase) || failed;
    else if (spec.phases[name] === undefined && !failed) pass(build, name);
  }
  return failed;
}

function show(build: Build, spec: Buildspec, { name, begun, ended, failed }: PhaseReport): boolean {
  build.begin(typeOf(name), begun);
  if (ended === undefined) {
    // The shell ended within the phase: it was stopped, or a command replaced it.
    const contexts = [commandError('the shell of the build ended before the phase did')];
    build.end(build.ordered ?? 'FAILED', build.ordered ? build.orderedContexts : contexts);
    return true;
  }
  if (failed === undefined) {
    build.end('SUCCEEDED', [], ended);
    return false;
  }
  const command = spec.phases[name]?.commands[failed.command];
  const message = `Error while executing command: ${command}. Reason: exit status ${failed.status}`;
  build.end('FAILED', [commandError(message)], ended);
  return true;
}

function pass(build: Build, name: PhaseName): void {
  build.begin(typeOf(name));
  build.end('SUCCEEDED');
}

function commandError(message: string): PhaseContext {
  return { statusCode: 'COMMAND_EXECUTION_ERROR', message };
}

function typeOf(name: PhaseName): NonNullable<BuildPhase['phaseType']> {
  return name.toUpperCase() as NonNullable<BuildPhase['phaseType']>;
}
