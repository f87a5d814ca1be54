import type { Upstream } from './upstream';

/** Where MLflow keeps its registry's calls. */
export const MLFLOW_API = '/api/2.0/mlflow';

/** What is read of a version. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly current_stage: string;
  readonly source: string;
  readonly run_id?: string;
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function getVersion(upstream: Upstream, name: string, version: string): Promise<ModelVersion> {
  const path = `${MLFLOW_API}/model-versions/get`;
  const answer = await upstream.json<{ model_version: ModelVersion }>(path, { name, version });
  return answer.model_version;
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function requireModel(upstream: Upstream, name: string): Promise<void> {
  await upstream.json(`${MLFLOW_API}/registered-models/get`, { name });
}

/** All versions of a model. */
export async function versionsOf(upstream: Upstream, name: string): Promise<ModelVersion[]> {
  const filter = `name=${quoted(name)}`;
  const versions: ModelVersion[] = [];
  let page: Record<string, string> = {};
  for (;;) {
    const answer = await upstream.json<{ model_versions?: ModelVersion[]; next_page_token?: string }>(
      `${MLFLOW_API}/model-versions/search`,
      { filter, ...page },
    );
    versions.push(...(answer.model_versions ?? []));
    if (!answer.next_page_token) return versions;
    page = { page_token: answer.next_page_token };
  }
}

/** MLflow's filters know no escapes: a name with one kind of quotes is put into the other. */
function quoted(name: string): string {
  return name.includes("'") ? `"${name}"` : `'${name}'`;
}
