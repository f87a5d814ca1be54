import { createServer } from 'node:http';
import { listen, type Server } from '../servers/listen';
import type { GeneratedModel } from './generate';

/** A server that answers the pages of all models and of all versions as MLflow does, and counts them. */
export interface FakeMlflow extends Server {
  readonly calls: ReadonlyMap<string, number>;
}

/** MLflow's tokens are offsets in JSON, in base64. */
export async function startFakeMlflow(models: readonly GeneratedModel[]): Promise<FakeMlflow> {
  const calls = new Map<string, number>();
  const versions = models.flatMap((model) => model.versions);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const call = pathname.replace('/api/2.0/mlflow/', '');
    calls.set(call, (calls.get(call) ?? 0) + 1);
    const start = offsetOf(searchParams.get('page_token'));
    const end = start + Number(searchParams.get('max_results'));
    const next = (total: number) => (end < total ? { next_page_token: tokenOf(end) } : {});
    const answers: Record<string, () => object> = {
      'registered-models/search': () => ({
        registered_models: models.slice(start, end).map(modelJson),
        ...next(models.length),
      }),
      'model-versions/search': () => ({
        model_versions: versions.slice(start, end).map(versionJson),
        ...next(versions.length),
      }),
    };
    const answer = answers[call];
    response
      .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer?.() ?? { error_code: 'ENDPOINT_NOT_FOUND' }));
  });
  return { ...(await listen(server)), calls };
}

function modelJson({ name, tags, aliases, versions }: GeneratedModel): object {
  return {
    name,
    creation_timestamp: 1,
    tags: pairs(tags),
    aliases,
    latest_versions: versions.slice(-1).map(versionJson),
  };
}

function versionJson(version: GeneratedModel['versions'][number]): object {
  const { name, version: number, creationTimestamp, stage, runId, source, description, status, tags } = version;
  return {
    ...{ name, version: number, current_stage: stage, run_id: runId, source, description, status },
    creation_timestamp: creationTimestamp,
    tags: pairs(tags),
  };
}

function pairs(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function tokenOf(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64');
}

function offsetOf(token: string | null): number {
  return token === null ? 0 : (JSON.parse(Buffer.from(token, 'base64').toString()) as { offset: number }).offset;
}
