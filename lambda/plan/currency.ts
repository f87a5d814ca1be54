import { RefusedError } from '../shared/errors';
import { FLAVORS } from '../shared/flavors/choose';
import type { Framework } from '../shared/images/image-table';
import { packingOf } from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import type { ModelVersion } from '../shared/registry/registry';

/**
 * Whether packing a version again today would give the package that stands. A version's files never change, so what the
 * package says of its packing is enough: nothing is fetched.
 *
 * @param imageOf the image that a model of this framework and version gets today
 */
export function currency(
  imageOf: (framework: Framework, frameworkVersion: string) => string,
): (version: ModelVersion, modelPackage: ModelPackage) => boolean {
  const imageToday = (framework: Framework, frameworkVersion: string): string | undefined => {
    try {
      return imageOf(framework, frameworkVersion);
    } catch (error) {
      // No image any more: packing it again will say so for this version alone, and the package stays until then.
      if (error instanceof RefusedError) {
        return undefined;
      }
      throw error;
    }
  };
  return (_version, { image, metadata }) => {
    const { flavor: name, frameworkVersion, packing } = packingOf(metadata);
    const flavor = FLAVORS.find((candidate) => candidate.name === name);
    return flavor !== undefined && flavor.packing === packing && imageToday(flavor.name, frameworkVersion) === image;
  };
}
