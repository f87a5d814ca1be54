/** What is read of Stryker's report (github.com/stryker-mutator/mutation-testing-elements, mutation-testing-report-schema). */
export interface MutationReport {
  /** By path, from the project's root. */
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

export interface Mutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored';
  readonly replacement?: string;
  /** Lines and columns from 1 on; the end is the first column behind. */
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant as a diff shows it: the lines that it changes, as one. It stays the same when lines come or go before it. */
export interface Change {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** What came of an area. */
export interface Score {
  /** Mutants that could be tried: code that does not even load is none. */
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly Change[];
  /** All changes that were tried, survivors among them. */
  readonly tried: readonly Change[];
}

const KILLED = new Set(['Killed', 'Timeout']);
const SURVIVED = new Set(['Survived', 'NoCoverage']);

export function scoreOf({ files }: MutationReport): Score {
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ status: mutant.status, change: changeOf(file, source, mutant) })),
  );
  const killed = all.filter(({ status }) => KILLED.has(status)).length;
  const survivors = all.filter(({ status }) => SURVIVED.has(status)).map(({ change }) => change);
  return { mutants: killed + survivors.length, killed, survivors, tried: all.map(({ change }) => change) };
}

/** Scores of several parts as one. */
export function sumOf(scores: readonly Score[]): Score {
  return {
    mutants: scores.reduce((sum, { mutants }) => sum + mutants, 0),
    killed: scores.reduce((sum, { killed }) => sum + killed, 0),
    survivors: scores.flatMap(({ survivors }) => survivors),
    tried: scores.flatMap(({ tried }) => tried),
  };
}

function changeOf(file: string, source: string, { replacement = '', location: { start, end } }: Mutant): Change {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const before = (lines[0] ?? '').slice(0, start.column - 1);
  const behind = (lines.at(-1) ?? '').slice(end.column - 1);
  return { file, before: oneLine(lines.join('\n')), after: oneLine(`${before}${replacement}${behind}`) };
}

/** A text whose white space is single spaces. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
