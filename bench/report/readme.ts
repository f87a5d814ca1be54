import { machineText } from './machine';
import type { Figure, Results, TransferResults } from './results';
import { secondsText, table } from './words';

/** What is between these lines of the README is made by the benchmark. */
export const BEGIN = '<!-- made by npm run bench -->';
export const END = '<!-- until here -->';

/** The results in short. */
export function readmePart({ transfers, registries, sandbox }: Results): string {
  const parts = [
    transfers && transfersPart(transfers),
    registries && figuresPart('Large registries', registries.figures),
    sandbox && figuresPart('In the sandbox, on the same machine', sandbox.figures),
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

function transfersPart({ date, machine, summaries }: TransferResults): string {
  const scenarios = [...new Set(summaries.map(({ scenario }) => scenario))];
  const ways = [...new Set(summaries.map(({ rival }) => rival))];
  const cell = (rival: string, scenario: string) => {
    const found = summaries.find((summary) => summary.rival === rival && summary.scenario === scenario);
    return found ? `${secondsText(found.seconds.min)} (${found.ratio.toFixed(1)})` : 'not measured';
  };
  const rows = ways.map((way) => [way, ...scenarios.map((scenario) => cell(way, scenario))]);
  return `Seconds, the least of all runs, and the ratio to this project; ${date}, ${machineText(machine)}:

${table(['way', ...scenarios], rows)}
![Seconds of each way on each data set](bench/results/chart.svg)
`;
}

function figuresPart(title: string, figures: readonly Figure[]): string {
  return `${title}:\n\n${table(
    ['what', 'measured'],
    figures.map(({ what, value }) => [what, value]),
  )}`;
}

/**
 * A text with what stands between two lines replaced.
 *
 * @throws Error that names the line that is missing
 */
export function replaceBetween(text: string, begin: string, end: string, inside: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) {
    throw new Error(`README.md has no line ${from === -1 ? begin : end}: put it back where the results belong`);
  }
  return `${text.slice(0, from + begin.length)}\n${inside}${text.slice(to)}`;
}
