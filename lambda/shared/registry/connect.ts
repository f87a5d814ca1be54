import type { ArtifactStore } from './artifact-store';
import { parseCredentials } from './credentials';
import { DatabricksRegistry } from './databricks';
import { type HttpLimits, RegistryHttp } from './http/registry-http';
import { OpenSourceRegistry } from './open-source';
import type { ModelRegistry } from './registry';

/**
 * The registry that a secret describes.
 *
 * @param secret the text of the user's secret
 * @param store where this installation may read files by itself
 * @param limits how long is waited, where it is not as long as usual
 * @throws RefusedError when the secret does not name a registry and how to be let in
 */
export function connectRegistry(secret: string, store?: ArtifactStore, limits?: HttpLimits): ModelRegistry {
  const { kind, url, authorization } = parseCredentials(secret);
  const http = new RegistryHttp(url, authorization, limits);
  return kind === 'databricks' ? new DatabricksRegistry(http) : new OpenSourceRegistry(http, store);
}
