import type { ModelVersion } from '../registry/registry';

/** Tag of a version or model: which of its flavours is deployed. */
export const FLAVOR_TAG = 'sagemaker_deploy_flavor';
/** Tag of a version or model: an image of one's own. */
export const IMAGE_TAG = 'sagemaker_deploy_image';

/** What people ask for by tags; undefined where they leave the choice. */
export interface Steering {
  readonly flavor: string | undefined;
  readonly image: string | undefined;
}

/** Reads the steering tags; an empty tag is none. */
export function steeringOf({ tags }: Pick<ModelVersion, 'tags'>): Steering {
  return { flavor: tags[FLAVOR_TAG]?.trim() || undefined, image: tags[IMAGE_TAG]?.trim() || undefined };
}
