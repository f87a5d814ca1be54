import { requireEnv } from '../env';
import { connectRegistry } from '../registry/connect';
import type { ModelRegistry } from '../registry/registry';
import { readSecret } from '../secrets';

/** The registry that the user's secret describes, as it stands now. */
export async function registry(): Promise<ModelRegistry> {
  return connectRegistry(await readSecret(requireEnv('REGISTRY_SECRET')));
}
