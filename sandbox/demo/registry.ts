import type { SandboxEnv } from '../cli/context';

/** Moves a version to a stage, as people do it in the registry's page. */
export function transitionStage(env: SandboxEnv, name: string, version: string, stage: string): Promise<unknown> {
  return call(env, 'POST', 'model-versions/transition-stage', {
    name,
    version,
    stage,
    archive_existing_versions: false,
  });
}

/** Points an alias of a model to a version. */
export function setAlias(env: SandboxEnv, name: string, version: string, alias: string): Promise<unknown> {
  return call(env, 'POST', 'registered-models/alias', { name, version, alias });
}

/** Takes an alias away. */
export function deleteAlias(env: SandboxEnv, name: string, alias: string): Promise<unknown> {
  return call(env, 'DELETE', 'registered-models/alias', { name, alias });
}

/** Sets a tag of a version. */
export function setTag(env: SandboxEnv, name: string, version: string, key: string, value: string): Promise<unknown> {
  return call(env, 'POST', 'model-versions/set-tag', { name, version, key, value });
}

/** One call of MLflow's REST API, with the token where the registry wants one. */
export async function call(env: SandboxEnv, method: string, path: string, body?: unknown): Promise<unknown> {
  const url = `${env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}`;
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(env.MLFLOW_TRACKING_TOKEN === undefined ? {} : { authorization: `Bearer ${env.MLFLOW_TRACKING_TOKEN}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  }
  return response.json();
}
