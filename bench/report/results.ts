import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import type { Summary } from '../transfers/summary';
import type { Transfers } from '../transfers/transfers';
import { type Machine, machineText } from './machine';
import { BEGIN, END, PAGE, replaceBetween } from './page';
import { bytesText, secondsText, table } from './words';

const FILE = join(PROJECT, 'bench', 'results.json');

/** When and where a part was measured. */
interface Measured {
  /** For example 2026-01-31. */
  readonly date: string;
  readonly machine: Machine;
}

/** One measured value as text. */
export interface Figure {
  readonly what: string;
  readonly value: string;
}

interface Figures extends Measured {
  readonly figures: readonly Figure[];
}

/** The benchmark's results. Parts may come from different days. */
export interface Results {
  transfers?: Measured & Transfers;
  plan?: Figures;
  webhook?: Figures;
  sandbox?: Figures;
}

/** Replaces the measured parts in the stored results and in the page. */
export function writeResults(measured: Results): void {
  const before: Results = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : {};
  const results = { ...before, ...measured };
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
  const page = join(PROJECT, PAGE);
  writeFileSync(page, replaceBetween(PAGE, readFileSync(page, 'utf8'), BEGIN, END, markdownOf(results)));
}

/** The results in Markdown, below a heading of the second level. */
export function markdownOf({ transfers, plan, webhook, sandbox }: Results): string {
  const parts = [
    transfers && transfersPart(transfers),
    plan && figuresPart('Plan of a large model', plan),
    webhook && figuresPart('Cold start of the webhook', webhook),
    sandbox && figuresPart('In the sandbox', sandbox),
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

function transfersPart({ date, machine, dataSets, summaries }: Measured & Transfers): string {
  const sets = dataSets.map(({ name, bytes, files }) => `- ${name}: ${bytesText(bytes)} in ${files} files.\n`);
  const scenarios = [...new Set(summaries.map(({ scenario }) => scenario))].map(
    (scenario) => `#### ${scenario}\n\n${scenarioTable(summaries.filter((summary) => summary.scenario === scenario))}`,
  );
  return `### From the registry to an archive in S3

${date}, ${machineText(machine)}. Data sets:

${sets.join('')}
${scenarios.join('\n')}`;
}

function scenarioTable(summaries: readonly Summary[]): string {
  const rows = summaries.map(({ method, runs, seconds, ratio, cpuSeconds, memoryBytes, archiveBytes }) => [
    method,
    String(runs),
    secondsText(seconds),
    `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
    secondsText(cpuSeconds),
    bytesText(memoryBytes),
    bytesText(archiveBytes),
  ]);
  return table(['method', 'runs', 'median, s', 'ratio (range)', 'CPU, s', 'memory', 'archive'], rows);
}

function figuresPart(title: string, { date, machine, figures }: Figures): string {
  const rows = figures.map(({ what, value }) => [what, value]);
  return `### ${title}\n\n${date}, ${machineText(machine)}.\n\n${table(['what', 'measured'], rows)}`;
}
