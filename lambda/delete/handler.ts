import { modelPackages } from '../shared/context/packages';
import { claims } from '../shared/context/store';
import type { ActionResult, DeleteAction, ModelStep } from '../shared/contracts';
import { step } from '../shared/step';

type Input = ModelStep & DeleteAction;

/** Deletes one package, after a last look that it is ours. */
export const handler = step<Input, ActionResult>(
  async ({ modelName, execution, packageArn, reason }) => {
    await claims().renew(modelName, execution);
    const modelPackage = await modelPackages().describe(packageArn);
    if (modelPackage === undefined || !modelPackages().isOurs(modelPackage)) {
      return { action: 'delete', outcome: 'skipped', packageArn };
    }
    await modelPackages().delete(packageArn);
    return { action: 'delete', outcome: 'done', packageArn, reason };
  },
  ({ modelName, packageArn, reason, execution }) => ({ model: modelName, package: packageArn, reason, execution }),
);
