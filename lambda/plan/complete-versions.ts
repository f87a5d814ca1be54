import { decodeMetadataText } from '../shared/packages/metadata-text';
import type { ModelPackage } from '../shared/packages/model-package';
import type { ModelRegistry, ModelVersion } from '../shared/registry/registry';

/**
 * A model's versions as they were listed, with a second look at everything whose absence would delete a package.
 *
 * A page token is an offset, so a version that is deleted while the pages are read hides another one: versions that packages
 * speak of are asked for by number.
 *
 * @param packages this installation's packages of the model
 */
export async function completeVersions(
  registry: Pick<ModelRegistry, 'getVersion'>,
  modelName: string,
  listed: readonly ModelVersion[],
  packages: readonly ModelPackage[],
): Promise<ModelVersion[]> {
  const versions = [...listed];
  const numbers = new Set(listed.map(({ version }) => version));
  const missing = new Set(packages.map(({ metadata }) => decodeMetadataText(metadata.mlflow_version ?? '')));
  for (const version of missing) {
    const found = version === '' || numbers.has(version) ? undefined : await registry.getVersion(modelName, version);
    if (found !== undefined) {
      versions.push(found);
    }
  }
  return versions;
}
