import {
  type DatabricksFront,
  type DatabricksFrontOptions,
  startDatabricksFront,
} from '../../../../sandbox/databricks/front';
import { type FakeServer, fakeServer, json, replay } from './fake-mlflow';

export const API = '/api/2.0/mlflow';
const LOGGED = `${API}/logged-models/m-971b00edcfbf4ecd9e2263b8e68b6f8a/artifacts/directories`;
export const RUN = '853452973e634e2eb26b334a1635de70';
export const FILE = 'the bytes of a model';

/** Sources of the versions that the fake has beside the captured one of sk-model. */
const SOURCES: Readonly<Record<string, string>> = {
  'of-run': `runs:/${RUN}/model`,
  'of-store': `mlflow-artifacts:/1/${RUN}/artifacts/model`,
  copied: 'models:/sk-model/1',
  'of-loop': 'models:/of-loop/1',
  elsewhere: 's3://bucket/key',
};

/** MLflow with one version of each kind of source. */
export function startMlflowWithFiles(): Promise<FakeServer> {
  return fakeServer({
    [`GET ${API}/model-versions/get`]: (request, response) => {
      const name = new URL(request.url ?? '', 'http://x').searchParams.get('name') ?? '';
      const source = SOURCES[name];
      if (source !== undefined) {
        const run_id = name === 'elsewhere' ? '' : RUN;
        return json({ model_version: { name, version: '1', source, run_id } })(request, response);
      }
      return replay(name === 'sk-model' ? 'rest-mv-get' : 'rest-mv-get-missing')(request, response);
    },
    [`GET ${LOGGED}`]: (request, response) => {
      const folder = new URL(request.url ?? '', 'http://x').searchParams.get('artifact_directory_path');
      const answers: Record<string, ReturnType<typeof json>> = {
        '': replay('dl-lm-list'),
        artifacts: replay('dl-lm-list-sub'),
      };
      return (answers[folder ?? ''] ?? json({}))(request, response);
    },
    'GET /api/2.0/mlflow/logged-models/m-1/artifacts/directories': json({}),
    [`GET ${API}/artifacts/list`]: replay('dl-run-list'),
    'GET /model-versions/get-artifact': (request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const part = from === undefined ? FILE : FILE.slice(Number(from), Number(to) + 1);
      response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length }).end(part);
    },
    'GET /get-artifact': (_, response) => void response.writeHead(200, { 'content-length': FILE.length }).end(FILE),
  });
}

export const VERSION = { name: 'sk-model', version: '1' };

/** Calls one of the front's calls about a version's files. */
export async function get(
  front: DatabricksFront,
  call: string,
  query: Record<string, string>,
): Promise<[number, Record<string, unknown>]> {
  const url = `${front.url}${API}/model-versions/${call}?${new URLSearchParams(query)}`;
  const answer = await fetch(url, { headers: { authorization: 'Bearer t' } });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

/** The fake MLflow of a file's tests, and fronts of it that end with each test. */
export function useMlflowWithFiles(): {
  readonly mlflow: () => FakeServer;
  readonly start: (options?: Partial<DatabricksFrontOptions>) => Promise<DatabricksFront>;
} {
  let mlflow: FakeServer;
  const fronts: DatabricksFront[] = [];
  beforeAll(async () => {
    mlflow = await startMlflowWithFiles();
  });
  afterAll(() => mlflow.close());
  afterEach(async () => {
    await Promise.all(fronts.splice(0).map((front) => front.close()));
  });
  return {
    mlflow: () => mlflow,
    start: async (options = {}) => {
      const common = { port: 0, mlflowUri: mlflow.url, token: 't', log: () => undefined };
      const front = await startDatabricksFront({ ...common, ...options });
      fronts.push(front);
      return front;
    },
  };
}
