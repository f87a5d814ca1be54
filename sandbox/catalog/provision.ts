import { ProvisionProductCommand, type RecordOutput } from '@aws-sdk/client-service-catalog';
import { PRODUCT_NAME } from '../../lib/names';
import type { SandboxEnv } from '../cli/context';
import { type Aws, awsOf } from '../demo/aws';
import { launchableVersion } from './product';
import { findProduct, MODEL_NAME, namesOf, type ProvisionedModel, productNameOf } from './provisioned';
import { ended } from './records';
import { terminateProduct } from './terminate';

export type { ProvisionedModel } from './provisioned';

/** How to provision. */
export interface ProvisionOptions {
  /** The product's version; by default the newest. */
  readonly version?: string;
  /** What the provisioned product is called; by default as the model, in Service Catalog's letters. */
  readonly productName?: string;
  /** Gets lines of progress. */
  readonly say?: (line: string) => void;
}

/**
 * Provisions the product for a model, as an end user does it in Service Catalog. What an earlier attempt left, which failed, is
 * terminated first.
 *
 * @throws Error with the reason, in the words of whoever refused
 */
export async function provisionModel(
  env: SandboxEnv,
  modelName: string,
  { version, productName = productNameOf(modelName), say = () => undefined }: ProvisionOptions = {},
): Promise<ProvisionedModel> {
  const aws = awsOf(env);
  const launchable = await launchableVersion(aws, version);
  await clearFailed(aws, productName, modelName, say);
  say(`provisioning ${PRODUCT_NAME} ${launchable.versionName} for ${modelName}`);
  const { RecordDetail: record } = await aws.serviceCatalog.send(
    new ProvisionProductCommand({
      ProductId: launchable.productId,
      ProvisioningArtifactId: launchable.versionId,
      PathId: launchable.pathId,
      ProvisionedProductName: productName,
      ProvisioningParameters: [{ Key: MODEL_NAME, Value: modelName }],
    }),
  );
  const outputs = await ended(aws, `provisioning ${PRODUCT_NAME} for ${modelName}`, record);
  const provisionedProductId = record?.ProvisionedProductId ?? '';
  return {
    modelName,
    provisionedProductId,
    stackName: `SC-${env.AWS_ACCESS_KEY_ID}-${provisionedProductId}`,
    ...namesOf(modelName),
    outputs: byName(outputs),
  };
}

async function clearFailed(
  aws: Aws,
  productName: string,
  modelName: string,
  say: (line: string) => void,
): Promise<void> {
  const known = await findProduct(aws, productName);
  if (!known) return;
  if (known.Status !== 'ERROR' || known.LastSuccessfulProvisioningRecordId !== undefined) {
    throw new Error(
      `The product is provisioned for ${modelName} already (${known.Name} is ${known.Status}): terminate it first.`,
    );
  }
  say(`an attempt that failed is terminated first: ${known.StatusMessage}`);
  await terminateProduct(aws, productName);
}

function byName(outputs: readonly RecordOutput[]): Record<string, string> {
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
