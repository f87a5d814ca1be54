#!/usr/bin/env -S npx tsx
import { writeSnapshot } from '../lib/service-catalog/product-snapshot';

/* Writes the working tree's product (template and seed) into a folder: `tsx scripts/product-snapshot.ts FOLDER`. */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  throw new Error('usage: tsx scripts/product-snapshot.ts FOLDER');
}
writeSnapshot(folder).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
