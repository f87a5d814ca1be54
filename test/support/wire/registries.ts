import type { ArtifactStore } from '../../../lambda/shared/registry/artifact-store';
import { connectRegistry } from '../../../lambda/shared/registry/connect';
import type { HttpLimits } from '../../../lambda/shared/registry/http/registry-http';
import type { ModelRegistry } from '../../../lambda/shared/registry/registry';
import type { FakeServer } from '../fake-server';
import { IMPATIENT } from '../impatient';

/** Connects to a test's server as to an open-source MLflow, anew with each call, since a connection remembers how it waited. */
export function openSourceOn(server: FakeServer, limits: HttpLimits = IMPATIENT, store?: ArtifactStore): ModelRegistry {
  const secret = { MLFLOW_TRACKING_URI: server.url(), MLFLOW_TRACKING_TOKEN: 't0ken' };
  return connectRegistry(JSON.stringify(secret), store, limits);
}

/** The same, as to Databricks. */
export function databricksOn(server: FakeServer, limits: HttpLimits = IMPATIENT): ModelRegistry {
  const secret = { DATABRICKS_HOST: server.url(), DATABRICKS_TOKEN: 't0ken' };
  return connectRegistry(JSON.stringify(secret), undefined, limits);
}
