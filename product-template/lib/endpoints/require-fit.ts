import type { Deployable } from '../deployable/deployable';
import type { Environment } from '../deployable/environments';
import type { EndpointSettings } from '../inference/inference';
import { WrongInput } from '../wrong-input';
import { hasLocalDisk, SERVERLESS_DISK_BYTES, SERVERLESS_IMAGE_BYTES, volumeModelBytesMax } from './disk';

/**
 * Refuses a model, or an image, that its endpoint has no room for. SageMaker would find out while the endpoint starts.
 *
 * @throws WrongInput that names each version, its size, the key of `inference.yaml` that decides, and the fix
 */
export function requireFit(
  deployables: readonly Deployable[],
  endpoints: Readonly<Record<Environment, EndpointSettings>>,
): void {
  const problems = deployables.flatMap((deployable) => {
    const { environment, version, bytes = 0, imageBytes = 0 } = deployable;
    const settings = endpoints[environment];
    const has = `version ${version}: its files have ${gigabytes(bytes)} GB, and`;
    if (settings.kind === 'serverless') {
      const serverless = `${environment}.ServerlessMaxConcurrency (${settings.maxConcurrency}) makes its endpoint serverless`;
      const fix = `Set ${environment}.InstanceType in place of the Serverless keys`;
      return [
        ...(bytes > SERVERLESS_DISK_BYTES
          ? [`${has} ${serverless}, whose disk has ${gigabytes(SERVERLESS_DISK_BYTES)} GB. ${fix}.`]
          : []),
        ...(imageBytes > SERVERLESS_IMAGE_BYTES
          ? [
              `version ${version}: its image has ${gigabytes(imageBytes)} GB, and ${serverless}, whose images have at most ` +
                `${gigabytes(SERVERLESS_IMAGE_BYTES)} GB. ${fix}, or log the model with fewer packages.`,
            ]
          : []),
      ];
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
