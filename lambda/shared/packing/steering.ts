import type { ModelVersion } from '../registry/registry';

/** Tag of a version or model: which of its flavours is deployed. */
export const FLAVOR_TAG = 'sagemaker_deploy_flavor';
/** Tag of a version or model: an image of one's own. */
export const IMAGE_TAG = 'sagemaker_deploy_image';

/** Tag of a version or model: how its endpoints get its files. */
export const MODEL_DATA_TAG = 'sagemaker_deploy_model_data';

/** What people ask for by tags; undefined where they leave the choice. */
export interface Steering {
  readonly flavor: string | undefined;
  readonly image: string | undefined;
  /** As it was written: `archive`, `uncompressed`, or what nobody knows. */
  readonly modelData: string;
}

/** Reads the steering tags; an empty tag is none. */
export function steeringOf({ tags }: Pick<ModelVersion, 'tags'>): Steering {
  const read = (tag: string) => tags[tag]?.trim() || undefined;
  return { flavor: read(FLAVOR_TAG), image: read(IMAGE_TAG), modelData: read(MODEL_DATA_TAG) ?? 'archive' };
}
