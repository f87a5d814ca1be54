#!/usr/bin/env -S npx tsx
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT_VERSIONS, PROJECT } from '../lib/project';
import { writeSnapshot } from '../lib/service-catalog/product-snapshot';
import { SEED_FILE, TEMPLATE_FILE } from '../lib/service-catalog/product-version';
import { releasedVersions, versionNumber } from '../lib/service-catalog/released-versions';

const HELP = `npm run release-product [-- VERSION]

Releases what product-template and inference.yaml are now as a version of the product Deploy-MLflow-model: writes its
template and its seed to product-versions/VERSION, which you commit. VERSION is RealTimeEndpoint-2, RealTimeEndpoint-3, ...;
by default the one after the last. Released versions are never changed: provisioned products may use them.
`;

async function main([version, ...rest]: string[]): Promise<void> {
  if (version === '--help' || version === '-h') {
    process.stdout.write(HELP);
    return;
  }
  const last = releasedVersions().at(-1);
  const next = last ? versionNumber(last.name) + 1 : 1;
  const name = version ?? nameOf(next);
  if (rest.length > 0 || versionNumber(name) !== next) {
    throw new Error(`the next version is ${nameOf(next)}, not ${[name, ...rest].join(' ')}`);
  }
  const draft = mkdtempSync(join(PROJECT, '.release-'));
  try {
    await writeSnapshot(draft);
    if (last && [TEMPLATE_FILE, SEED_FILE].every((file) => same(join(draft, file), join(last.folder, file)))) {
      throw new Error(`nothing changed since ${last.name}: there is nothing to release`);
    }
    mkdirSync(PRODUCT_VERSIONS, { recursive: true });
    renameSync(draft, join(PRODUCT_VERSIONS, name));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  process.stdout.write(
    `Released product-versions/${name}. Commit it: the next deployment offers it in Service Catalog.\n`,
  );
}

function nameOf(number: number): string {
  return number === 1 ? 'RealTimeEndpoint' : `RealTimeEndpoint-${number}`;
}

function same(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && readFileSync(one).equals(readFileSync(other));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
