#!/usr/bin/env -S npx tsx
/* Writes what the SageMaker Model Registry holds of this model to a file, which synthesis reads. */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { deployableSet } from '../lib/deployable/deployable';
import { requireGroupName } from '../lib/group-name';
import { OWNER } from '../lib/names';
import { approvedPackages } from '../lib/registry/approved-packages';
import { MODEL_PACKAGES_FILE, writeModelPackages } from '../lib/registry/model-packages-file';

async function main(): Promise<void> {
  const groupName = requireGroupName(process.env);
  const packages = await approvedPackages(new SageMakerClient({ maxAttempts: 10 }), groupName);
  writeModelPackages(MODEL_PACKAGES_FILE, { groupName, packages });
  console.log(`${groupName}: ${packages.length} approved package(s)`);
  for (const { environment, version, packageArn } of deployableSet(packages, OWNER)) {
    console.log(`  ${environment}: version ${version} (${packageArn})`);
  }
}

main().catch((error: unknown) => {
  console.error(`the SageMaker Model Registry cannot be read: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
