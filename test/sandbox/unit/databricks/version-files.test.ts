import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DatabricksFront,
  type DatabricksFrontOptions,
  startDatabricksFront,
} from '../../../../sandbox/databricks/front';
import { type FakeServer, fakeServer, json, replay } from './fake-mlflow';

const API = '/api/2.0/mlflow';
const LOGGED = `${API}/logged-models/m-971b00edcfbf4ecd9e2263b8e68b6f8a/artifacts/directories`;
const RUN = '853452973e634e2eb26b334a1635de70';
const FILE = 'the bytes of a model';

let mlflow: FakeServer;
const fronts: DatabricksFront[] = [];

/** Sources of the versions that the fake has beside the captured one of sk-model. */
const SOURCES: Readonly<Record<string, string>> = {
  'of-run': `runs:/${RUN}/model`,
  'of-store': `mlflow-artifacts:/1/${RUN}/artifacts/model`,
  copied: 'models:/sk-model/1',
  'of-loop': 'models:/of-loop/1',
  elsewhere: 's3://bucket/key',
};

beforeAll(async () => {
  mlflow = await fakeServer({
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
});

afterAll(() => mlflow.close());
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()));
});

async function start(options: Partial<DatabricksFrontOptions> = {}): Promise<DatabricksFront> {
  const front = await startDatabricksFront({
    port: 0,
    mlflowUri: mlflow.url,
    token: 't',
    log: () => undefined,
    ...options,
  });
  fronts.push(front);
  return front;
}

async function get(
  front: DatabricksFront,
  call: string,
  query: Record<string, string>,
): Promise<[number, Record<string, unknown>]> {
  const url = `${front.url}${API}/model-versions/${call}?${new URLSearchParams(query)}`;
  const answer = await fetch(url, { headers: { authorization: 'Bearer t' } });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

const VERSION = { name: 'sk-model', version: '1' };
const pathsOf = (body: Record<string, unknown>) => ((body.files ?? []) as { path: string }[]).map(({ path }) => path);

describe('list-artifacts', () => {
  test.each(['sk-model', 'copied'])('lists the files of a model of MLflow 3: %s', async (name) => {
    const [status, body] = await get(await start(), 'list-artifacts', { ...VERSION, name });
    expect(status).toBe(200);
    expect((body.files as object[])[3]).toEqual({ path: 'model.skops', is_dir: false, file_size: 9159 });
    expect(body).not.toHaveProperty('next_page_token');
  });

  test.each(['of-run', 'of-store'])('lists the files under a run, counted from the model: %s', async (name) => {
    const [, body] = await get(await start(), 'list-artifacts', { ...VERSION, name });
    expect(pathsOf(body)).toEqual(['MLmodel', 'conda.yaml', 'model.skops', 'python_env.yaml', 'requirements.txt']);
    expect(mlflow.seen.at(-1)?.url).toBe(`${API}/artifacts/list?run_id=${RUN}&path=model`);
  });

  test('lists a folder, a file as itself, and nothing for what is not there', async () => {
    const front = await start();
    expect(pathsOf((await get(front, 'list-artifacts', { ...VERSION, path: 'artifacts' }))[1])).toEqual([
      'artifacts/art.txt',
    ]);
    expect(pathsOf((await get(front, 'list-artifacts', { ...VERSION, path: 'MLmodel' }))[1])).toEqual(['MLmodel']);
    expect((await get(front, 'list-artifacts', { ...VERSION, path: 'nothing' }))[1]).toEqual({});
  });

  test('goes on page by page when it is long', async () => {
    const front = await start({ pageSize: 3 });
    const paths: string[] = [];
    let token = '';
    do {
      const [, body] = await get(front, 'list-artifacts', { ...VERSION, page_token: token });
      paths.push(...pathsOf(body));
      token = (body.next_page_token as string | undefined) ?? '';
    } while (token !== '');
    expect(paths).toHaveLength(7);
    expect(new Set(paths).size).toBe(7);
  });

  test.each([
    ['an unknown version', { name: 'nope', version: '1' }, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['no name', { version: '1' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['a path outside', { ...VERSION, path: '../x' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['a page token that no list gave', { ...VERSION, page_token: 'x' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['a copy of itself', { name: 'of-loop', version: '1' }, 501, 'NOT_IMPLEMENTED'],
    ['files that MLflow does not hand out', { name: 'elsewhere', version: '1' }, 501, 'NOT_IMPLEMENTED'],
  ])('%s is refused', async (_, query, status, error_code) => {
    expect(await get(await start(), 'list-artifacts', query as Record<string, string>)).toMatchObject([
      status,
      { error_code },
    ]);
  });
});

describe('get-signed-download-uri', () => {
  async function sign(front: DatabricksFront, name = 'sk-model', path = 'model.skops'): Promise<string> {
    const [status, body] = await get(front, 'get-signed-download-uri', { ...VERSION, name, path });
    expect([status, body.headers]).toEqual([200, []]);
    return body.signed_uri as string;
  }

  test('gives a URL that streams the file without a token, and parts of it', async () => {
    const uri = await sign(await start());
    const whole = await fetch(uri);
    expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([
      200,
      String(FILE.length),
      FILE,
    ]);
    expect(mlflow.seen.at(-1)?.url).toBe('/model-versions/get-artifact?name=sk-model&version=1&path=model.skops');
    const part = await fetch(uri, { headers: { range: 'bytes=4-8' } });
    expect([part.status, await part.text()]).toEqual([206, 'bytes']);
  });

  test('reads a file under a run from the run', async () => {
    expect(await (await fetch(await sign(await start(), 'of-run'))).text()).toBe(FILE);
    expect(mlflow.seen.at(-1)?.url).toBe(`/get-artifact?run_uuid=${RUN}&path=model%2Fmodel.skops`);
  });

  test('a URL that was altered is refused', async () => {
    const uri = await sign(await start());
    const changes: [string, string][] = [
      ['path', 'MLmodel'],
      ['name', 'of-run'],
      ['version', '2'],
      ['expires', String(Date.now() + 1e9)],
      ['signature', 'zz'],
    ];
    for (const [key, value] of changes) {
      const altered = new URL(uri);
      altered.searchParams.set(key, value);
      const answer = await fetch(altered);
      expect([key, answer.status, await answer.json()]).toMatchObject([key, 403, { error_code: 'PERMISSION_DENIED' }]);
    }
    expect((await fetch(uri, { method: 'PUT', body: 'x' })).status).toBe(404);
    expect((await fetch(uri.split('?')[0] ?? '')).status).toBe(403);
  });

  test('a URL of another front, and one that has expired, are refused', async () => {
    const front = await start({ signedUrlLifetimeMs: 30 });
    const uri = await sign(front);
    const other = await start();
    expect((await fetch(uri.replace(front.url, other.url))).status).toBe(403);
    await sleep(40);
    const answer = await fetch(uri);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('expired')]);
  });

  test.each([
    ['an unknown version', { name: 'nope', version: '1', path: 'x' }, 404],
    ['no path', VERSION, 400],
    ['a path outside', { ...VERSION, path: 'a/../../x' }, 400],
    ['an absolute path', { ...VERSION, path: '/etc/passwd' }, 400],
  ])('%s is refused', async (_, query, status) => {
    expect((await get(await start(), 'get-signed-download-uri', query as Record<string, string>))[0]).toBe(status);
  });

  test('needs the token itself', async () => {
    const front = await start();
    const answer = await fetch(
      `${front.url}${API}/model-versions/get-signed-download-uri?name=sk-model&version=1&path=x`,
    );
    expect(answer.status).toBe(401);
  });
});
