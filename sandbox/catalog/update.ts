import { UpdateProvisionedProductCommand } from '@aws-sdk/client-service-catalog';
import { PRODUCT_NAME } from '../../lib/names';
import type { SandboxEnv } from '../cli/context';
import { awsOf } from '../demo/aws';
import { launchableVersion } from './product';
import { MODEL_NAME, productNameOf } from './provisioned';
import { ended } from './records';

/**
 * Updates a model's product, as an end user does it in Service Catalog: to a version, the newest by default, with the model's
 * name as it was.
 *
 * @throws Error with CloudFormation's reason
 */
export async function updateModel(env: SandboxEnv, modelName: string, version?: string): Promise<void> {
  const aws = awsOf(env);
  const { versionId, pathId } = await launchableVersion(aws, version);
  const { RecordDetail } = await aws.serviceCatalog.send(
    new UpdateProvisionedProductCommand({
      ProvisionedProductName: productNameOf(modelName),
      ProvisioningArtifactId: versionId,
      PathId: pathId,
      ProvisioningParameters: [{ Key: MODEL_NAME, UsePreviousValue: true }],
    }),
  );
  await ended(aws, `updating ${PRODUCT_NAME} of ${modelName}`, RecordDetail);
}
