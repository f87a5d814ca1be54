import type { Deployable } from '../deployable/deployable';
import type { Environment } from '../deployable/environments';
import type { EndpointSettings } from '../inference/inference';
import { WrongInput } from '../wrong-input';
import { hasLocalDisk, SERVERLESS_DISK_BYTES, volumeModelBytesMax } from './disk';

/**
 * Refuses a model that its endpoint has no room for. SageMaker would find out while the endpoint starts.
 *
 * @throws WrongInput that names each version, its size, the key of `inference.yaml` that decides, and the fix
 */
export function requireFit(
  deployables: readonly Deployable[],
  endpoints: Readonly<Record<Environment, EndpointSettings>>,
): void {
  const problems = deployables.flatMap((deployable) => {
    const { environment, version, bytes = 0 } = deployable;
    const settings = endpoints[environment];
    const has = `version ${version}: its files have ${gigabytes(bytes)} GB, and`;
    if (settings.kind === 'serverless') {
      return bytes > SERVERLESS_DISK_BYTES
        ? [
            `${has} ${environment}.ServerlessMaxConcurrency (${settings.maxConcurrency}) makes its endpoint serverless, ` +
              `whose disk has ${gigabytes(SERVERLESS_DISK_BYTES)} GB. Set ${environment}.InstanceType in place of the Serverless keys.`,
          ]
        : [];
    }
    const largest = volumeModelBytesMax(deployable);
    return bytes > largest && !hasLocalDisk(settings.instanceType)
      ? [
          `${has} the largest volume of ${environment}.InstanceType (${settings.instanceType}) holds ` +
            `${gigabytes(largest)} GB. Take an instance type with a local disk, such as ml.g5.12xlarge.`,
        ]
      : [];
  });
  if (problems.length > 0) {
    throw new WrongInput(
      `inference.yaml cannot be deployed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
