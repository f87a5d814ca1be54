import { endOfPatchWarning } from '../packaging/framework-images';
import { manualEnvironments } from '../shared/context/manual-environments';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims, ledger } from '../shared/context/store';
import type { ActionResult, ModelStep, UpdateAction } from '../shared/contracts';
import { liveChange, metadataChange, UNSYNCED } from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import { superseded, supersededAt } from '../shared/packages/superseded';
import { step } from '../shared/step';

type Input = ModelStep & UpdateAction;

/** Brings a package's metadata up to its version's present state. Approval, image and archive are not touched. */
export const handler = step<Input, ActionResult>(
  async ({ modelName, execution, packageArn, version: number, metadata: more, supersede }) => {
    await claims().renew(modelName, execution);
    const skipped: ActionResult = { action: 'update', outcome: 'skipped', packageArn };
    const modelPackage = await modelPackages().describe(packageArn);
    if (modelPackage === undefined || !modelPackages().isOurs(modelPackage)) {
      return skipped;
    }
    if (supersede) {
      return supersedePackage(modelName, modelPackage, skipped);
    }
    const version = number === undefined ? undefined : await (await registry()).getVersion(modelName, number);
    if (number !== undefined && version === undefined) {
      return skipped;
    }
    const { image, metadata } = modelPackage;
    const change =
      version === undefined
        ? metadataChange(UNSYNCED, metadata)
        : liveChange(version, endOfPatchWarning(image, new Date()), metadata, manualEnvironments(), more);
    if (change === undefined) {
      return skipped;
    }
    await modelPackages().updateMetadata(packageArn, change);
    // No listing shows this change: what was verified before it counts no more, whoever verified it.
    await ledger().strike(modelName);
    return { action: 'update', outcome: 'done', packageArn, ...(number === undefined ? {} : { version: number }) };
  },
  ({ modelName, version, packageArn, execution }) => ({ model: modelName, version, package: packageArn, execution }),
);

/** Another package of the version stands: this one leaves what is deployed. Tried again, it keeps its first time. */
async function supersedePackage(
  modelName: string,
  { arn: packageArn, metadata }: ModelPackage,
  skipped: ActionResult,
): Promise<ActionResult> {
  const change = metadataChange(superseded(Date.now()), metadata);
  if (supersededAt(metadata) !== undefined || change === undefined) {
    return skipped;
  }
  await modelPackages().updateMetadata(packageArn, change);
  await ledger().strike(modelName);
  return { action: 'update', outcome: 'done', packageArn };
}
