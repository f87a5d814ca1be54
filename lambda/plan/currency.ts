import { type ChoiceSettings, namedImage } from '../packaging/choice';
import { frameworkImageUri, isFramework } from '../packaging/framework-images';
import { IMAGE_RULE } from '../packaging/framework-rule';
import { RefusedError } from '../shared/errors';
import { FLAVORS } from '../shared/flavors/choose';
import type { FlavorName } from '../shared/flavors/flavor';
import { canSpeakFor, type ManualEnvironments } from '../shared/packages/approval';
import { type Packing, packingOf } from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import { steeringOf } from '../shared/packing/steering';
import type { ModelVersion } from '../shared/registry/registry';

/**
 * Whether a package is what its version would get today. `earlier rule`: it is, unless today's rule for images chooses another image,
 * which only the version's files tell.
 */
export type Currency = 'current' | 'outdated' | 'earlier rule';

/**
 * Whether packing a version again today would give the package that stands, and it may be deployed where the version is promoted
 * into. A version's files never change, so what the package says of its packing, and the version's tags, are enough: nothing is
 * fetched.
 */
export function currencyOf(
  settings: ChoiceSettings,
  manual: ManualEnvironments,
): (version: ModelVersion, modelPackage: ModelPackage) => Currency {
  return (version, modelPackage) => {
    const packing = packingOf(modelPackage.metadata);
    const steering = steeringOf(version);
    const flavor = FLAVORS.find(({ name }) => name === packing.flavor);
    const steeredAlike = packing.steeredBy === (steering.flavor ?? '') && packing.modelData === steering.modelData;
    if (flavor?.packing !== packing.packing || !steeredAlike || !canSpeakFor(version, modelPackage, manual)) {
      return 'outdated';
    }
    try {
      const named = namedImage(flavor.name, steering.image, settings);
      if (named !== undefined) {
        return named.image === modelPackage.image ? 'current' : 'outdated';
      }
      if (packing.imageRule !== IMAGE_RULE) {
        return 'earlier rule';
      }
      return isChosenToday(settings, flavor.name, packing, modelPackage.image) ? 'current' : 'outdated';
    } catch (error) {
      // No image any more: packing it again will say so for this version alone, and the package stays until then.
      if (error instanceof RefusedError) {
        return 'outdated';
      }
      throw error;
    }
  };
}

/** Whether the rule that chose an image would choose it again, as far as settings and the images of this release decide. */
function isChosenToday(settings: ChoiceSettings, flavor: FlavorName, packing: Packing, image: string): boolean {
  if (isFramework(flavor)) {
    const wanted = settings.environmentImages !== 'always' || packing.steeredBy !== '';
    return wanted && image === frameworkImageUri(flavor, settings.region);
  }
  return packing.environment !== '' && settings.environmentImages !== 'off';
}
