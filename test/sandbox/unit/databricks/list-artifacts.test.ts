import { API, get, RUN, useMlflowWithFiles, VERSION } from './files-fake';

const { mlflow, start } = useMlflowWithFiles();

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
    expect(mlflow().seen.at(-1)?.url).toBe(`${API}/artifacts/list?run_id=${RUN}&path=model`);
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
