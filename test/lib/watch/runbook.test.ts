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
const PREAMBLE = 'before-you-start';
const PARTS = ['What it means', 'Who is affected', 'How to check', 'How to fix', 'How to see that it is over'];

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** The anchors of all headings of a page in `docs/`. */
function anchorsOf(page: string): Set<string> {
  const text = readFileSync(join(PROJECT, 'docs', page), 'utf8');
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

/** The part of a section that begins with these words, up to the next one. */
function partOf(section: string, part: string): string {
  const [, ...parts] = section.split(/^\*\*(?=[^*]+\.\*\*)/m);
  return parts.find((text) => text.startsWith(`${part}.**`))?.slice(part.length + 3) ?? '';
}

interface Described {
  readonly name: string;
  readonly description: string;
  /** Anchor that the description links to. */
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

test('every alarm links to a section of the runbook that names it, and every section has an alarm', () => {
  expect(alarms.length).toBeGreaterThan(0);
  for (const { name, description, section } of alarms) {
    expect(description).toContain(` Runbook: docs/runbook.md#${section}`);
    expect([name, sections.get(section)?.includes(`\`${name}\``)]).toEqual([name, true]);
  }
  const led = new Set(alarms.map(({ section }) => section));
  expect([...sections.keys()].filter((anchor) => anchor !== PREAMBLE)).toEqual([...led]);
});

test('alarms link to the address of the runbook if the setting names one', () => {
  const url = 'https://git.example.com/acme/mlflow-mlops/docs/runbook.md';
  for (const { description, section } of alarmsOf(synthesize({ 'runbook-url': url }).modelSync)) {
    expect(description).toContain(` Runbook: ${url}#${section}`);
  }
});

test.each([...sections.keys()].filter((anchor) => anchor !== PREAMBLE))(
  'section %s has all parts in order, and a command that checks',
  (anchor) => {
    const section = sections.get(anchor) ?? '';
    const found = [...section.matchAll(/^\*\*([^*]+)\.\*\*/gm)].map(([, part]) => part);
    expect(found).toEqual(PARTS);
    for (const part of PARTS) {
      expect([part, partOf(section, part).trim().length > 40]).toEqual([part, true]);
    }
    expect(partOf(section, 'How to check')).toMatch(/^```bash\n(aws|query|curl) /m);
  },
);

test('commands name outputs and log groups that exist in the stack', () => {
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

test('links into the runbook and out of it have a target', () => {
  const operations = readFileSync(join(PROJECT, 'docs', 'operations.md'), 'utf8');
  const into = [
    ...`${runbook.replaceAll('](#', '](runbook.md#')}${operations}`.matchAll(/\(runbook\.md#([\w-]+)\)/g),
  ].map(([, anchor = '']) => anchor);
  expect(into.length).toBeGreaterThan(7);
  expect(into.filter((anchor) => !sections.has(anchor))).toEqual([]);
  const outOf = [...runbook.matchAll(/\(([\w-]+\.md)#([\w-]+)\)/g)];
  expect(outOf.length).toBeGreaterThan(3);
  expect(outOf.filter(([, page = '', anchor = '']) => !anchorsOf(page).has(anchor)).map(([link]) => link)).toEqual([]);
});

test('docs/operations.md names every alarm', () => {
  const operations = readFileSync(join(PROJECT, 'docs', 'operations.md'), 'utf8');
  expect(
    alarms.map(({ name }) => name.replace('mlflow-mlops-', '')).filter((name) => !operations.includes(`\`${name}\``)),
  ).toEqual([]);
});
