import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabricksFront } from '../../../../sandbox/databricks/front';
import { API, FILE, get, RUN, useMlflowWithFiles, VERSION } from './files-fake';

const { mlflow, start } = useMlflowWithFiles();

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
    expect(mlflow().seen.at(-1)?.url).toBe('/model-versions/get-artifact?name=sk-model&version=1&path=model.skops');
    const part = await fetch(uri, { headers: { range: 'bytes=4-8' } });
    expect([part.status, await part.text()]).toEqual([206, 'bytes']);
  });

  test('reads a file under a run from the run', async () => {
    expect(await (await fetch(await sign(await start(), 'of-run'))).text()).toBe(FILE);
    expect(mlflow().seen.at(-1)?.url).toBe(`/get-artifact?run_uuid=${RUN}&path=model%2Fmodel.skops`);
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
