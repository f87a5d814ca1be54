import type { Summary } from '../measure/summary';
import { machineText } from './machine';
import type { TransferResults } from './results';
import { secondsText } from './words';

const WIDTH = 860;
const MARGIN = 24;
const LABELS = 150;
const FIGURES = 130;
const BAR = 16;
const ROW = 24;
const TITLE = 64;
const HEADING = 34;

const BARS = WIDTH - MARGIN - LABELS - FIGURES - MARGIN;
const COLOURS = { ours: '#0b7a75', sample: '#b2453a', 'plain-node': '#c98a2b', reference: '#8a94a0' } as const;

/**
 * The fastest run of each method on each data set as bars, in an SVG image. Bars of one data set share a scale. Each bar shows its
 * ratio too, because the slowest method takes fifty times as long as the fastest.
 */
export function chartOf({ date, machine, summaries }: TransferResults): string {
  const scenarios = [...new Set(summaries.map(({ scenario }) => scenario))];
  const parts: string[] = [];
  let y = TITLE;
  for (const scenario of scenarios) {
    const rows = summaries.filter((summary) => summary.scenario === scenario);
    parts.push(label(MARGIN, y + 14, scenario, 'class="heading"'));
    y += HEADING - 10;
    const longest = Math.max(...rows.map(({ seconds }) => seconds.min));
    for (const row of rows) {
      parts.push(bar(row, y, longest));
      y += ROW;
    }
    y += HEADING - ROW;
  }
  const height = y + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Seconds from the registry to an archive in S3">
<style>text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.heading{font-weight:600}.quiet{fill:#57606a}.end{text-anchor:end}</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${label(MARGIN, 26, 'Seconds from the registry to an archive in S3, fastest run', 'class="title"')}
${label(MARGIN, 46, `${date}, ${machineText(machine)}`, 'class="quiet"')}
${parts.join('\n')}
</svg>
`;
}

function bar({ rival, kind, seconds, ratio }: Summary, y: number, longest: number): string {
  const start = MARGIN + LABELS;
  const width = Math.max(1, (seconds.min / longest) * BARS);
  const times = kind === 'ours' ? '' : ` (${ratio.toFixed(1)}x)`;
  return [
    label(start - 8, y + 12, rival, 'class="end"'),
    `<rect x="${start}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[kind]}"/>`,
    label(start + width + 6, y + 12, `${secondsText(seconds.min)} s${times}`),
  ].join('\n');
}

function label(x: number, y: number, text: string, attributes = ''): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x.toFixed(1)}" y="${y}"${attributes && ` ${attributes}`}>${escaped}</text>`;
}
