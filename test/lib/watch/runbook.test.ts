import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { PROJECT } from '../../../lib/project';
import { synthesize } from '../../support/synth';

const runbook = readFileSync(join(PROJECT, 'docs', 'runbook.md'), 'utf8');
/** The text below each heading, by the heading's anchor. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [anchorOf(section.slice(0, section.indexOf('\n'))), section] as const),
);
const PREAMBLE = 'before-you-look';
const PARTS = ['What it means', 'Who is affected', 'How to look', 'How to mend', 'How to see it is over'];

/** As GitHub makes anchors of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** The part of a section that begins with these words, up to the next one. */
function partOf(section: string, part: string): string {
  const [, ...parts] = section.split(/^\*\*(?=[^*]+\.\*\*)/m);
  return parts.find((text) => text.startsWith(`${part}.**`))?.slice(part.length + 3) ?? '';
}

interface Described {
  readonly name: string;
  readonly description: string;
  /** Anchor that the description leads to. */
  readonly section: string;
}

function alarmsOf(template: Template): Described[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
    const description = String(Properties.AlarmDescription);
    const [, section = ''] = /#([\w-]+)$/.exec(description) ?? [];
    return { name: String(Properties.AlarmName), description, section };
  });
}

let template: Template;
let alarms: Described[];

beforeAll(() => {
  template = synthesize().modelSync;
  alarms = alarmsOf(template);
}, 60_000);

test('every alarm leads to a section of the runbook, which names it, and every section has its alarm', () => {
  expect(alarms.length).toBeGreaterThan(0);
  for (const { name, description, section } of alarms) {
    expect(description).toContain(` Runbook: docs/runbook.md#${section}`);
    expect([name, sections.get(section)?.includes(`\`${name}\``)]).toEqual([name, true]);
  }
  const led = new Set(alarms.map(({ section }) => section));
  expect([...sections.keys()].filter((anchor) => anchor !== PREAMBLE)).toEqual([...led]);
});

test('where the runbook has an address, alarms link to it', () => {
  const url = 'https://git.example.com/acme/mlflow-mlops/docs/runbook.md';
  for (const { description, section } of alarmsOf(synthesize({ 'runbook-url': url }).modelSync)) {
    expect(description).toContain(` Runbook: ${url}#${section}`);
  }
});

test.each([...sections.keys()].filter((anchor) => anchor !== PREAMBLE))(
  'section %s says what people need, in order, and how to look by a command',
  (anchor) => {
    const section = sections.get(anchor) ?? '';
    const found = [...section.matchAll(/^\*\*([^*]+)\.\*\*/gm)].map(([, part]) => part);
    expect(found).toEqual(PARTS);
    for (const part of PARTS) {
      expect([part, partOf(section, part).trim().length > 40]).toEqual([part, true]);
    }
    expect(partOf(section, 'How to look')).toMatch(/^```bash\n(aws|query|curl) /m);
  },
);

test('commands name outputs and log groups that the stack has', () => {
  const outputs = new Set([...runbook.matchAll(/\$\(output (\w+)\)/g)].map(([, name = '']) => name));
  expect(outputs.size).toBeGreaterThan(2);
  for (const name of outputs) {
    template.hasOutput(name, {});
  }
  const groups = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  for (const [, beginning = ''] of runbook.matchAll(/logs_of (\w+)/g)) {
    expect([beginning, groups.filter((id) => id.startsWith(beginning)).length]).toEqual([beginning, 1]);
  }
  expect(runbook).toContain('/aws/events/mlflow-mlops-pipeline-failures');
});

test('links into the runbook and out of it lead somewhere', () => {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const anchors = new Set([...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
  const into = [
    ...`${runbook.replaceAll('](#', '](docs/runbook.md#')}${readme}`.matchAll(/\(docs\/runbook\.md#([\w-]+)\)/g),
  ];
  expect(into.length).toBeGreaterThan(7);
  for (const [, anchor = ''] of into) {
    expect([anchor, sections.has(anchor)]).toEqual([anchor, true]);
  }
  for (const [, anchor = ''] of runbook.matchAll(/\(\.\.\/README\.md#([\w-]+)\)/g)) {
    expect([anchor, anchors.has(anchor)]).toEqual([anchor, true]);
  }
});
