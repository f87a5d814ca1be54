#!/usr/bin/env -S npx tsx
import { PRODUCT_VERSIONS } from '../lib/project';
import { writeSnapshot } from '../lib/service-catalog/product-snapshot';
import { release } from '../lib/service-catalog/release';

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
  if (rest.length > 0) {
    throw new Error(`one version at a time, not ${[version, ...rest].join(' ')}`);
  }
  const name = await release(PRODUCT_VERSIONS, version, writeSnapshot);
  process.stdout.write(
    `Released product-versions/${name}. Commit it: the next deployment offers it in Service Catalog.\n`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
