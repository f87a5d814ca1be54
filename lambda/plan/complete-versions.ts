import { atOnce } from '../shared/at-once';
import { decodeMetadataText } from '../shared/packages/metadata-text';
import type { ModelPackage } from '../shared/packages/model-package';
import type { ModelRegistry, ModelVersion } from '../shared/registry/registry';

/** Versions that are asked for at once: after a restored backup, a model may miss a thousand. */
const AT_ONCE = 8;

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
  await atOnce(AT_ONCE, missing, async (version) => {
    const found = version === '' || numbers.has(version) ? undefined : await registry.getVersion(modelName, version);
    if (found !== undefined) {
      versions.push(found);
    }
  });
  return versions;
}
