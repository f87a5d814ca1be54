import type { Summary } from '../measure/summary';
import { machineText } from './machine';
import type { Figure, Results, TransferResults } from './results';
import { bytesText, secondsText, table } from './words';

/** The results as a page in Markdown. */
export function markdownOf({ transfers, registries, sandbox }: Results): string {
  const parts = [
    '# What the benchmark measured\n\nMade by `npm run bench`; changes by hand are overwritten.\n',
    transfers && transfersPage(transfers),
    registries && figuresPage('Large registries', registries),
    sandbox && figuresPage('In the sandbox', sandbox),
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

function transfersPage(transfers: TransferResults): string {
  const { date, machine, dataSets, summaries, verdicts, missing } = transfers;
  const scenarios = [...new Set(summaries.map(({ scenario }) => scenario))];
  const sections = scenarios.map(
    (scenario) => `### ${scenario}\n\n${scenarioTable(summaries.filter((summary) => summary.scenario === scenario))}`,
  );
  const sets = dataSets.map(({ name, bytes, files }) => `${name} ${bytesText(bytes)} in ${files} files`);
  const left = missing.map(({ rival, program }) => `\`${rival}\` was left out: there was no ${program}.\n`);
  return `## From the registry to an archive in S3

${date}, ${machineText(machine)}. Data: ${sets.join('; ')}.

Each run is a process of its own, measured from its start to its end; all take turns. CPU is that of all processes of a run, memory that of
the largest one, disk what lay in its folder at the end. Every archive was extracted and every file compared.
${left.length > 0 ? `\n${left.join('')}` : ''}
${verdictTable(verdicts)}
![Times](chart.svg)

${sections.join('\n')}`;
}

/** Which targets were reached. */
export function verdictTable(verdicts: TransferResults['verdicts']): string {
  return table(
    ['target', 'measured', ''],
    verdicts.map(({ target, measured, reached }) => [target, measured, reached ? 'reached' : '**missed**']),
  );
}

function scenarioTable(summaries: readonly Summary[]): string {
  return table(
    ['way', 'runs', 'seconds, least', 'median', 'to ours', 'CPU seconds', 'memory', 'disk', 'archive'],
    summaries.map(({ rival, kind, runs, seconds, ratio, cpuSeconds, memoryBytes, diskBytes, archiveBytes }) => [
      kind === 'ours' ? `**${rival}**` : rival,
      String(runs),
      secondsText(seconds.min),
      secondsText(seconds.median),
      `${ratio.toFixed(2)}`,
      secondsText(cpuSeconds),
      bytesText(memoryBytes),
      diskBytes === 0 ? 'none' : bytesText(diskBytes),
      bytesText(archiveBytes),
    ]),
  );
}

function figuresPage(
  title: string,
  { date, machine, figures }: { date: string; machine: TransferResults['machine']; figures: readonly Figure[] },
): string {
  const rows = figures.map(({ what, value }) => [what, value]);
  return `## ${title}\n\n${date}, ${machineText(machine)}.\n\n${table(['what', 'measured'], rows)}`;
}
