import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeAws, startFakeAws } from '../../bench/registries/fake-aws';
import { type FakeMlflow, startFakeMlflow } from '../../bench/registries/fake-mlflow';
import { type GeneratedModel, generateModels, packageOf, wholeVersions } from '../../bench/registries/generate';
import { runScan, type Scanned } from '../../bench/registries/run-scan';
import { bundle } from '../../bench/webhook/bundle';
import { fingerprintsOf } from '../../lambda/shared/ledger/fingerprints';
import type { Verified } from '../../lambda/shared/store/ledger';

const SIZE = { models: 10_000, versions: 100_000 };
const CONTEXT = { revision: 'revision', owner: 'stack' };
/** MB: what a scan keeps grows with the models and not with their versions, which would not fit. */
const HEAP_MB = 96;

let models: GeneratedModel[];
let mlflow: FakeMlflow;
let aws: FakeAws;
let folder: string;
let script: string;
const ledger = new Map<string, Verified>();

beforeAll(async () => {
  models = [...generateModels(SIZE)];
  mlflow = await startFakeMlflow(models);
  aws = await startFakeAws({
    secret: JSON.stringify({ MLFLOW_TRACKING_URI: mlflow.url, MLFLOW_TRACKING_TOKEN: 'any' }),
    enrolled: models.map(({ name }) => name),
    packages: models.flatMap(({ versions }) => versions.map(packageOf)),
    ledger,
  });
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
  ({ file: script } = await bundle('list', folder));
}, 60_000);

afterAll(async () => {
  await Promise.all([mlflow?.close(), aws?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function scan(): Promise<Scanned> {
  aws.reset();
  return runScan({ bundle: script, awsUrl: aws.url, ...CONTEXT, heapMb: HEAP_MB });
}

/** Writes the ledger as syncs that found nothing to do. */
function verify(these: readonly GeneratedModel[]): void {
  const registryId = mlflow.url.replace('http://', '');
  for (const model of these) {
    const packages = model.versions.map(packageOf);
    const fingerprints = fingerprintsOf({ ...CONTEXT, registryId, overrides: {} }, wholeVersions(model), packages);
    ledger.set(model.name, { ...fingerprints, verifiedAt: Date.now(), kept: packages.length });
  }
}

test('10,000 models with 100,000 versions are read by their pages, within a small memory, and what changed is found', async () => {
  expect(models.flatMap(({ versions }) => versions)).toHaveLength(SIZE.versions);
  expect(await scan()).toMatchObject({ enrolled: 10_000, changed: 10_000 });

  verify(models.slice(3));
  const before = new Map(mlflow.calls);
  const scanned = await scan();
  expect(scanned).toMatchObject({ invocations: 1, registryRequests: 110, enrolled: 10_000 });
  // Beside these three only models whose daily look came in this very moment.
  expect(scanned.changed).toBeGreaterThanOrEqual(3);
  expect(scanned.changed).toBeLessThan(60);
  expect(JSON.parse(aws.objects.get('/bucket/syncs/measured/models.json') ?? '[]')).toEqual(
    expect.arrayContaining(
      models
        .slice(0, 3)
        .map(({ name }) => ({ name: expect.any(String), input: { modelName: name, partOf: 'measured' } })),
    ),
  );
  expect(Object.fromEntries(aws.calls)).toEqual({
    GetSecretValue: 1,
    GetParameters: 1,
    ListModelPackages: 1_000,
    // Enrolments, and the ledger.
    Query: 8,
    'PUT object': 1,
  });
  const pages = [...mlflow.calls].map(([call, count]) => [call, count - (before.get(call) ?? 0)]);
  expect(Object.fromEntries(pages)).toEqual({ 'registered-models/search': 10, 'model-versions/search': 100 });
}, 240_000);
