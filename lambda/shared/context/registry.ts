import { requireEnv } from '../env';
import type { ArtifactStore } from '../registry/artifact-store';
import { connectRegistry } from '../registry/connect';
import type { ModelRegistry } from '../registry/registry';
import { readSecret } from '../secrets';

/**
 * The registry that the user's secret describes, as it stands now.
 *
 * @param store where files may be read without it, for who reads files
 */
export async function registry(store?: ArtifactStore): Promise<ModelRegistry> {
  return connectRegistry(await readSecret(requireEnv('REGISTRY_SECRET')), store);
}
