import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegisteredPackage } from '../../lib/deployable/deployable';
import { OWNER } from '../../lib/names';
import { MODEL_PACKAGES_FILE, modelPackagesText } from '../../lib/registry/model-packages-file';

export const GROUP = 'churn';
export const STACK_NAME = 'SC-111111111111-pp-abc';
/** What the pipeline's build has in its environment. */
export const BUILD_ENV = { GROUP_NAME: GROUP, STACK_NAME };

const APP = join(__dirname, '..', '..');

/** The `inference.yaml` that a repository begins with: beside the application, and above it where the application comes from. */
export const SHIPPED_INFERENCE = readFileSync(
  [join(APP, 'inference.yaml'), join(APP, '..', 'inference.yaml')].find(existsSync) ?? 'inference.yaml',
  'utf8',
);

/** A package that the sync made for a version. */
export function aPackage(
  number: number,
  version: string,
  environments: string,
  change: { approval?: string; metadata?: Record<string, string>; uncompressed?: boolean } = {},
): RegisteredPackage {
  return {
    arn: packageArn(number),
    approval: change.approval ?? 'Approved',
    metadata: {
      mlflow_mlops_owner: OWNER,
      mlflow_name: 'Churn model',
      mlflow_version: version,
      mlflow_run_id: `run${version}`,
      mlflow_environments: environments,
      ...change.metadata,
    },
    ...(change.uncompressed ? { uncompressed: true } : {}),
  };
}

export function packageArn(number: number): string {
  return `arn:aws:sagemaker:eu-west-1:111111111111:model-package/${GROUP}/${number}`;
}

/** A folder with the two files that synthesis reads. */
export function folderWith(packages: readonly RegisteredPackage[], inference = SHIPPED_INFERENCE): string {
  const folder = mkdtempSync(join(tmpdir(), 'model-deployment-'));
  writeFileSync(join(folder, 'inference.yaml'), inference);
  writeFileSync(join(folder, MODEL_PACKAGES_FILE), modelPackagesText({ groupName: GROUP, packages }));
  return folder;
}
