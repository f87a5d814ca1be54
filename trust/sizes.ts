import { appendFileSync } from 'node:fs';

/** Set by `npm run trust`: the file that runs write their numbers of cases to, a line of JSON each. */
export const CASES_FILE = 'TRUST_CASES';

/** Whether this is `npm run trust`, and not a day's tests. */
export function isInFull(): boolean {
  return process.env[CASES_FILE] !== undefined;
}

/**
 * How much a run tries.
 *
 * @param few for the tests of every day
 * @param all for `npm run trust`
 */
export function sized(few: number, all: number): number {
  return isInFull() ? all : few;
}

/** A test that takes minutes and whose ground others cover in short: skipped on every day, made by `npm run trust`. */
export function inFull(): jest.It {
  return isInFull() ? test : test.skip;
}

/** A line of {@link CASES_FILE}. */
export interface Tried {
  readonly run: string;
  readonly cases: number;
}

/**
 * Tells the table how many cases a run has tried; a test says so at its end, when they all held.
 *
 * @param run its id in `runs.ts`
 */
export function tried(run: string, cases: number): void {
  const file = process.env[CASES_FILE];
  if (file !== undefined) {
    const line: Tried = { run, cases };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}
