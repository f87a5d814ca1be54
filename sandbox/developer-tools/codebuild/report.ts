import { PHASES, type PhaseName } from './buildspec';

/** What the shell of a build wrote of one phase. */
export interface PhaseReport {
  readonly name: PhaseName;
  readonly begun: Date;
  readonly ended?: Date;
  /** The number of the command that failed, and its exit status. */
  readonly failed?: { readonly command: number; readonly status: number };
}

/** Reads the report of phases.bash. */
export function parseReport(text: string): PhaseReport[] {
  const phases: PhaseReport[] = [];
  for (const line of text.split('\n')) {
    const [seconds, kind, subject = '', status] = line.split(' ');
    const at = new Date(Number(seconds) * 1000);
    const last = phases.at(-1);
    if (kind === 'begin' && isPhase(subject)) phases.push({ name: subject, begun: at });
    else if (kind === 'failed' && last) {
      phases[phases.length - 1] = { ...last, failed: { command: Number(subject), status: Number(status) } };
    } else if (kind === 'end' && last) phases[phases.length - 1] = { ...last, ended: at };
  }
  return phases;
}

function isPhase(name: string): name is PhaseName {
  return PHASES.some((phase) => phase === name);
}
