import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import table from '../../../lambda/packaging/framework-images.json';
import { CONDITIONS } from '../../../lambda/packaging/framework-rule';
import { ROUND_MAX } from '../../../lambda/plan/round';

const PAGE = readFileSync(join(__dirname, '../../../docs/choice-of-images.md'), 'utf8');

/** The cells of a table's rows, by the heading of its section. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the page has the conditions of the code, in their order, each with evidence', () => {
  const documented = rowsBelow('The rule');
  const inCode = Object.entries(CONDITIONS).flatMap(([flavor, conditions]) =>
    conditions.map(({ name, rule }) => [`\`${flavor}\``, name, rule]),
  );
  expect(documented.map((cells) => cells.slice(0, 3))).toEqual(inCode);
  expect(documented.filter(([, , , evidence = '']) => evidence.length < 'as for `sklearn`'.length)).toEqual([]);
});

test("the page has AWS's images as the table does", () => {
  const inTable = Object.entries(table.frameworks).map(([flavor, { repository, tag, python, endOfPatch }]) => [
    `\`${flavor}\``,
    `\`${repository}:${tag}\``,
    python,
    endOfPatch,
  ]);
  expect(rowsBelow("AWS's images")).toEqual(inTable);
});

test('the page has the limit of a round', () => {
  expect(PAGE).toContain(`at most ${ROUND_MAX} packages of a model in a round`);
});
