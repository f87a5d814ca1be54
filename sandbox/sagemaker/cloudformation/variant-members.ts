import type { CreateEndpointConfigInput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';

type Variant = Valid<ProductionVariant>;

/** Members of a variant that are for instances only (API_ProductionVariant). */
const INSTANCES_ONLY = [
  'ContainerStartupHealthCheckTimeoutInSeconds',
  'ModelDataDownloadTimeoutInSeconds',
  'VolumeSizeInGB',
] as const;

/** Families with local NVMe disks that have no `d` after their generation (dg/host-instance-storage). */
const LOCAL_DISK = new Set(['g5', 'g6', 'g6e', 'gr6', 'p5', 'p5e', 'p5en', 'p6-b200', 'trn1', 'trn1n', 'trn2']);

/**
 * Checks what a variant says of start-up limits and its disk.
 *
 * @throws ServiceError `ValidationException` for members that do not fit its kind; AWS does not document the wording
 */
export function checkVariantMembers({ ProductionVariants }: Valid<CreateEndpointConfigInput>): void {
  for (const variant of ProductionVariants) {
    checkVariant(variant);
  }
}

function checkVariant(variant: Variant): void {
  if (variant.ServerlessConfig !== undefined) {
    const member = INSTANCES_ONLY.find((name) => variant[name] !== undefined);
    if (member !== undefined) throw validationException(`${member} is not supported for serverless endpoints.`);
    return;
  }
  const [, family = ''] = (variant.InstanceType ?? '').split('.');
  if (variant.VolumeSizeInGB !== undefined && (LOCAL_DISK.has(family) || /^[a-z]+\d+[a-z]*d[en]?$/.test(family))) {
    throw validationException(
      `VolumeSizeInGB is not allowed for the selected instance type ${variant.InstanceType}. Please remove this parameter and try again.`,
    );
  }
}
