import { TerminateProvisionedProductCommand } from '@aws-sdk/client-service-catalog';
import { PRODUCT_NAME } from '../../lib/names';
import type { SandboxEnv } from '../cli/context';
import { type Aws, awsOf } from '../demo/aws';
import { findProduct, productNameOf, provisionedModelNames } from './provisioned';
import { ended } from './records';

/** How to terminate. */
export interface TerminateOptions {
  /** What the provisioned product is called; by default as the model, in Service Catalog's letters. */
  readonly productName?: string;
  /** Gets lines of progress. */
  readonly say?: (line: string) => void;
}

/**
 * Terminates a model's product, as an end user does it in Service Catalog.
 *
 * @throws Error that names what is provisioned when nothing is for this model; with CloudFormation's reason when it fails
 */
export async function terminateModel(
  env: SandboxEnv,
  modelName: string,
  { productName = productNameOf(modelName), say = () => undefined }: TerminateOptions = {},
): Promise<void> {
  const aws = awsOf(env);
  if (!(await findProduct(aws, productName))) {
    const names = await provisionedModelNames(aws);
    const there = names.length > 0 ? `It is for: ${names.join(', ')}.` : 'It is for none.';
    throw new Error(`${PRODUCT_NAME} is not provisioned for ${modelName}. ${there}`);
  }
  say(`terminating ${PRODUCT_NAME} of ${modelName}`);
  await terminateProduct(aws, productName);
}

/** Terminates a provisioned product and waits until it is gone. @throws Error with CloudFormation's reason */
export async function terminateProduct(aws: Aws, productName: string): Promise<void> {
  const { RecordDetail } = await aws.serviceCatalog.send(
    new TerminateProvisionedProductCommand({ ProvisionedProductName: productName }),
  );
  await ended(aws, `terminating ${productName}`, RecordDetail);
}
