import { plan } from '../../lambda/plan/plan';
import { type Packing, packageMetadata } from '../../lambda/shared/packages/metadata';
import { generateModels, packageOf, wholeVersions } from './generate';

/**
 * The plan of one model with 100,000 versions against its 100,000 packages, when nothing changed: prints a line of JSON.
 */
const VERSIONS = 100_000;
const RUNS = 3;

const REGISTRY = 'mlflow.example.com';
const OWNER = 'ModelRepack-ModelSyncStack';
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.4.2',
  pythonVersion: '3.11',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
};

const [model] = generateModels({ models: 1, versions: VERSIONS });
const versions = model === undefined ? [] : wholeVersions(model);
const packages = versions.map((version) => ({
  ...packageOf(version),
  image: 'image',
  modelDataUrl: '',
  approvalStatus: 'Approved' as const,
  metadata: packageMetadata(version, REGISTRY, packing, OWNER),
}));
const input = {
  registryId: REGISTRY,
  owner: OWNER,
  enrolled: true,
  versions,
  packages,
  isCurrent: () => true,
  manual: new Set<string>(),
  warningOf: () => undefined,
};

const seconds: number[] = [];
for (let run = 0; run < RUNS; run++) {
  const start = process.hrtime.bigint();
  const { create, update, delete: deletions, keep } = plan(input);
  seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  if (create.length + update.length + deletions.length > 0 || keep.length !== VERSIONS) {
    throw new Error(
      `the plan of an unchanged model is not empty: ${create.length}, ${update.length}, ${deletions.length}`,
    );
  }
}
seconds.sort((a, b) => a - b);
const figures = {
  plan: {
    versions: VERSIONS,
    packages: packages.length,
    fastestSeconds: seconds[0],
    medianSeconds: seconds[Math.floor(RUNS / 2)],
    heapMb: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  },
};
console.log(JSON.stringify(figures));
