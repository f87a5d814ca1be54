import type { Summary } from '../measure/summary';
import { machineText } from './machine';
import type { Results, TransferResults } from './results';
import { bytesText, secondsText, table } from './words';

/** The results in Markdown, for below a heading of the second level. */
export function markdownOf({ transfers, registries, sandbox }: Results): string {
  const parts = [
    transfers && transfersPart(transfers),
    registries && figuresPart('Large registries', registries),
    sandbox && figuresPart('In the sandbox', sandbox),
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

function transfersPart(transfers: TransferResults): string {
  const { date, machine, dataSets, summaries, verdicts, missing } = transfers;
  const sets = dataSets.map(({ name, bytes, files }) => `- ${name}: ${bytesText(bytes)} in ${files} files.\n`);
  const left = missing.map(({ rival, program }) => `\`${rival}\` was not measured: \`${program}\` is not installed.\n`);
  const details = scenariosOf(summaries).map(
    (scenario) => `#### ${scenario}\n\n${scenarioTable(summaries.filter((summary) => summary.scenario === scenario))}`,
  );
  return `### From the registry to an archive in S3

${date}, ${machineText(machine)}. Data sets:

${sets.join('')}
Seconds of the fastest run, and in parentheses the ratio to this project:

${overview(summaries)}
![Seconds of each method on each data set](../bench/results/chart.svg)

${left.length > 0 ? `${left.join('')}\n` : ''}Targets:

${verdictTable(verdicts)}
All figures. CPU time is the sum over all processes of a run, memory is the peak of the largest process, and disk is
what the run left in its folder.

${details.join('\n')}`;
}

function scenariosOf(summaries: readonly Summary[]): string[] {
  return [...new Set(summaries.map(({ scenario }) => scenario))];
}

/** A line for each method, a column for each data set. */
function overview(summaries: readonly Summary[]): string {
  const scenarios = scenariosOf(summaries);
  const methods = [...new Set(summaries.map(({ rival }) => rival))];
  const cell = (rival: string, scenario: string) => {
    const found = summaries.find((summary) => summary.rival === rival && summary.scenario === scenario);
    return found ? `${secondsText(found.seconds.min)} (${found.ratio.toFixed(1)})` : 'not measured';
  };
  const rows = methods.map((method) => [method, ...scenarios.map((scenario) => cell(method, scenario))]);
  return table(['method', ...scenarios], rows);
}

function verdictTable(verdicts: TransferResults['verdicts']): string {
  return table(
    ['target', 'measured', 'result'],
    verdicts.map(({ target, measured, reached }) => [target, measured, reached ? 'reached' : '**missed**']),
  );
}

function scenarioTable(summaries: readonly Summary[]): string {
  return table(
    ['method', 'runs', 'fastest, s', 'median, s', 'ratio', 'CPU, s', 'memory', 'disk', 'archive'],
    summaries.map(({ rival, kind, runs, seconds, ratio, cpuSeconds, memoryBytes, diskBytes, archiveBytes }) => [
      kind === 'ours' ? `**${rival}**` : rival,
      String(runs),
      secondsText(seconds.min),
      secondsText(seconds.median),
      ratio.toFixed(2),
      secondsText(cpuSeconds),
      bytesText(memoryBytes),
      diskBytes === 0 ? 'none' : bytesText(diskBytes),
      bytesText(archiveBytes),
    ]),
  );
}

function figuresPart(title: string, { date, machine, figures }: NonNullable<Results['registries']>): string {
  const rows = figures.map(({ what, value }) => [what, value]);
  return `### ${title}\n\n${date}, ${machineText(machine)}.\n\n${table(['what', 'measured'], rows)}`;
}
