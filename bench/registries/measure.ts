import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintsOf } from '../../lambda/shared/ledger/fingerprints';
import type { Verified } from '../../lambda/shared/store/ledger';
import { venvPython } from '../../sandbox/setup/venv';
import { bundle } from '../webhook/bundle';
import { startFakeAws } from './fake-aws';
import { type GeneratedModel, generateModels, packageOf, type Size, wholeVersions } from './generate';
import { fillMlflow, startMlflow } from './mlflow-server';
import { runScan } from './run-scan';

const SIZE: Size = { models: 10_000, versions: 100_000 };
const CHANGED = 5;
const CONTEXT = { revision: 'revision', owner: 'stack' };

/**
 * The scan of all enrolled models against a real MLflow server of that size, and as many packages, in a process of its own. AWS's
 * side is a fake that answers at once: 1,000 pages of packages at a tenth of a second each take 100 seconds on AWS.
 */
export async function measureScan(size: Size = SIZE): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'));
  const python = process.env.PYTHON ?? venvPython();
  const models = [...generateModels(size)];
  const server = await startMlflow(folder, python);
  const ledger = new Map<string, Verified>();
  const aws = await startFakeAws({
    secret: JSON.stringify({ MLFLOW_TRACKING_URI: server.spec.url, MLFLOW_TRACKING_TOKEN: 'any' }),
    enrolled: models.map(({ name }) => name),
    packages: models.flatMap(({ versions }) => versions.map(packageOf)),
    ledger,
  });
  try {
    await fillMlflow(folder, python, models);
    verify(models.slice(CHANGED), ledger, server.spec.url);
    const { file } = await bundle('list', folder);
    const scanned = await runScan({ bundle: file, awsUrl: aws.url, ...CONTEXT });
    // Models whose daily look came in this moment are found too.
    if (scanned.changed < CHANGED || scanned.changed > CHANGED + size.models / 100) {
      throw new Error(`the scan found ${scanned.changed} changed models where ${CHANGED} had changed`);
    }
    const { seconds, invocations, registryRequests, peakMemoryBytes, changed } = scanned;
    return {
      ...size,
      packages: models.reduce((sum, { versions }) => sum + versions.length, 0),
      changedModels: changed,
      seconds,
      invocations,
      mlflowCalls: registryRequests,
      sageMakerCalls: aws.calls.get('ListModelPackages') ?? 0,
      dynamoDbCalls: aws.calls.get('Query') ?? 0,
      peakMemoryBytes,
    };
  } finally {
    await Promise.all([aws.close(), server.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the ledger as syncs that found nothing to do. */
function verify(models: readonly GeneratedModel[], ledger: Map<string, Verified>, url: string): void {
  const context = { ...CONTEXT, registryId: url.replace('http://', ''), overrides: {} };
  for (const model of models) {
    const packages = model.versions.map(packageOf);
    const fingerprints = fingerprintsOf(context, wholeVersions(model), packages);
    ledger.set(model.name, { ...fingerprints, verifiedAt: Date.now(), kept: packages.length });
  }
}

async function main(): Promise<void> {
  console.log(JSON.stringify({ fullSyncScan: await measureScan() }));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
