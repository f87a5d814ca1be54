import { plan } from '../lambda/plan/plan';
import { type Packing, packageMetadata } from '../lambda/shared/packages/metadata';
import type { Figure } from './report/results';
import { median } from './transfers/summary';

const VERSIONS = 100_000;
const RUNS = 3;
const [REGISTRY, OWNER] = ['mlflow.example.com', 'ModelRepack-ModelSyncStack'];
const CHOICE = { flavor: 'sklearn', frameworkVersion: '1.4.2', pythonVersion: '3.11', steeredBy: '' } as const;
const IMAGE = { imageRule: '1', environment: '', imageReason: 'AWS has one', patchedBy: 'AWS until 2027-07-16' };
const PACKING: Packing = { ...CHOICE, ...IMAGE, modelData: 'archive', packing: '1' };

/** The plan of one model with 100,000 versions, each with a package, and nothing to do. */
export function measurePlan(): Figure[] {
  const versions = Array.from({ length: VERSIONS }, (_, index) => ({
    name: 'model',
    version: String(index + 1),
    creationTimestamp: index * 1000,
    stage: index % 2 === 0 ? 'Staging' : 'Production',
    aliases: [],
    runId: String(index).padStart(32, '0'),
    source: `models:/m-${index}`,
    description: index % 5 === 0 ? `trained in "week ${index % 53}"` : '',
    status: 'READY',
    tags: index % 3 === 0 ? { accuracy: (index / VERSIONS).toFixed(4) } : {},
  }));
  const packages = versions.map((version) => ({
    groupName: 'model',
    arn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/model/${version.version}`,
    creationTime: version.creationTimestamp + 60_000,
    status: 'Completed' as const,
    approvalStatus: 'Approved' as const,
    image: 'image',
    modelDataUrl: '',
    metadata: packageMetadata(version, REGISTRY, PACKING, OWNER),
  }));
  const rest = { enrolled: true, isCurrent: () => true, manual: new Set<string>(), warningOf: () => undefined };
  const seconds = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    const { keep } = plan({ registryId: REGISTRY, owner: OWNER, ...rest, versions, packages });
    if (keep.length !== VERSIONS) {
      throw new Error(`the plan of an unchanged model keeps ${keep.length} of ${VERSIONS} packages`);
    }
    return (performance.now() - start) / 1000;
  });
  const what = `plan of one model with ${VERSIONS.toLocaleString('en-US')} versions and as many packages, no changes`;
  return [{ what, value: `${median(seconds).toFixed(2)} s (median of ${RUNS})` }];
}
