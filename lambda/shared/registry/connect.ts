import type { ArtifactStore } from './artifact-store';
import { parseCredentials } from './credentials';
import { DatabricksRegistry } from './databricks';
import { RegistryHttp } from './http/registry-http';
import { OpenSourceRegistry } from './open-source';
import type { ModelRegistry } from './registry';

/**
 * The registry that a secret describes.
 *
 * @param secret the text of the user's secret
 * @param store where this installation may read files by itself
 * @throws RefusedError when the secret does not name a registry and how to be let in
 */
export function connectRegistry(secret: string, store?: ArtifactStore): ModelRegistry {
  const { kind, url, authorization } = parseCredentials(secret);
  const http = new RegistryHttp(url, authorization);
  return kind === 'databricks' ? new DatabricksRegistry(http) : new OpenSourceRegistry(http, store);
}
