import { readFileSync, writeFileSync } from 'node:fs';
import { WILDCARDS_PAGE, withTable } from '../test/support/wildcards';

/* Writes the table of docs/wildcards.md from the policies and the reasons in the code: `npm run docs:wildcards`. */
writeFileSync(WILDCARDS_PAGE, withTable(readFileSync(WILDCARDS_PAGE, 'utf8')));
