import { setTimeout as sleep } from 'node:timers/promises';
import { TerminateProvisionedProductCommand } from '@aws-sdk/client-service-catalog';
import { PRODUCT_NAME } from '../../lib/names';
import type { SandboxEnv } from '../cli/context';
import { type Aws, awsOf } from '../demo/aws';
import { until } from '../demo/until';
import { findProduct, productNameOf, provisionedModelNames } from './provisioned';
import { ended } from './records';

/** How to terminate. */
export interface TerminateOptions {
  /** Gets lines of progress. */
  readonly say?: (line: string) => void;
}

/** CloudFormation's words for a stack that somebody else is at work on. */
const BEING_UPDATED = /cannot be deleted while in status \w+_IN_PROGRESS/;
const PAUSE_MS = 2_000;
/** How long a pipeline may be at work on its own stack. */
const UPDATE_MS = 300_000;

/**
 * Terminates a model's product, as an end user does it in Service Catalog. While the pipeline changes its own stack, which
 * CloudFormation does not delete then, it is tried again.
 *
 * @returns the identifier that the product had
 * @throws Error that names what is provisioned when nothing is for this model; with CloudFormation's reason when it fails
 */
export async function terminateModel(
  env: SandboxEnv,
  modelName: string,
  { say = () => undefined }: TerminateOptions = {},
): Promise<string> {
  const aws = awsOf(env);
  const productName = productNameOf(modelName);
  const product = await findProduct(aws, productName);
  if (!product) {
    const names = await provisionedModelNames(aws);
    const there = names.length > 0 ? `It is for: ${names.join(', ')}.` : 'It is for none.';
    throw new Error(`${PRODUCT_NAME} is not provisioned for ${modelName}. ${there}`);
  }
  say(`terminating ${PRODUCT_NAME} of ${modelName}`);
  const attempt = () => terminateUnlessUpdated(aws, productName, say);
  await until(`the end of the update of the stack of ${productName}`, attempt, UPDATE_MS);
  return product.Id ?? '';
}

/** @returns false when the stack is being updated, a while later */
async function terminateUnlessUpdated(aws: Aws, productName: string, say: (line: string) => void): Promise<boolean> {
  try {
    await terminateProduct(aws, productName);
    return true;
  } catch (error) {
    if (!(error instanceof Error && BEING_UPDATED.test(error.message))) throw error;
    say('its pipeline is changing the stack just now: trying again');
    await sleep(PAUSE_MS);
    return false;
  }
}

/** Terminates a provisioned product and waits until it is gone. @throws Error with CloudFormation's reason */
export async function terminateProduct(aws: Aws, productName: string): Promise<void> {
  const { RecordDetail } = await aws.serviceCatalog.send(
    new TerminateProvisionedProductCommand({ ProvisionedProductName: productName }),
  );
  await ended(aws, `terminating ${productName}`, RecordDetail);
}
