import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { json, startFakeServer } from '../../../support/fake-server';

const fake = startFakeServer();

const openSource = () =>
  connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }));
const databricks = () => connectRegistry(JSON.stringify({ DATABRICKS_HOST: fake.url(), DATABRICKS_TOKEN: 't0ken' }));

function version(number: string, over: object = {}): object {
  return {
    name: 'churn',
    version: number,
    creation_timestamp: 1,
    current_stage: 'None',
    source: 'models:/m-1',
    run_id: '',
    ...over,
  };
}

describe('versions', () => {
  test('of all pages, with the aliases that the search leaves out', async () => {
    fake.answer = (_request, response, url) => {
      if (url.pathname.endsWith('/registered-models/get')) {
        return json(response, {
          registered_model: { name: 'churn', creation_timestamp: 1, aliases: [{ alias: 'production', version: '2' }] },
        });
      }
      return url.searchParams.get('page_token') === 'next'
        ? json(response, { model_versions: [version('2')] })
        : json(response, { model_versions: [version('1'), version('9', { name: 'CHURN' })], next_page_token: 'next' });
    };
    const versions = await openSource().listVersions('churn');
    expect(versions.map(({ version: number, aliases }) => [number, aliases])).toEqual([
      ['1', []],
      ['2', ['production']],
    ]);
  });

  test('none where a page fails', async () => {
    fake.answer = (_request, response, url) =>
      url.searchParams.has('page_token')
        ? json(response, {}, 500)
        : json(response, { model_versions: [version('1')], next_page_token: 'next' });
    await expect(openSource().listVersions('churn')).rejects.toMatchObject({ name: 'TransientError' });
  });

  test.each([
    ["o'clock", `name="o'clock"`],
    ['say "a"', `name='say "a"'`],
  ])('of the model %s are asked for in the quotes that MLflow knows', async (name, filter) => {
    fake.answer = (_request, response, url) => {
      expect(url.pathname.endsWith('/search') ? url.searchParams.get('filter') : filter).toBe(filter);
      url.pathname.endsWith('/search')
        ? json(response, {})
        : json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404);
    };
    expect(await openSource().listVersions(name)).toEqual([]);
  });

  test('one that is not there is undefined', async () => {
    fake.answer = (_request, response) =>
      json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'not found' }, 404);
    expect(await openSource().getVersion('churn', '1')).toBeUndefined();
  });
});

describe('faults', () => {
  test.each([
    [
      '401',
      (response: ServerResponse) => response.writeHead(401).end('no'),
      'RefusedError|Error',
      /refused the credentials/,
    ],
    [
      'a redirect',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      '',
      /redirects elsewhere/,
    ],
    ['HTML with 200', (response: ServerResponse) => response.end('<html>'), '', /did not answer JSON/],
    [
      'another shape',
      (response: ServerResponse) => json(response, { model_versions: 'none' }),
      '',
      /unknown shape: model_versions/,
    ],
    ['429', (response: ServerResponse) => response.writeHead(429).end(), '', /answered 429/],
  ])('%s are told with what to do', async (_what, answer, _name, message) => {
    fake.answer = (_request, response) => void answer(response);
    const error = await openSource()
      .listVersions('churn')
      .catch((thrown: Error) => thrown);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('t0ken');
  });

  test('a registry that is not there is transient', async () => {
    const nobody = connectRegistry(
      JSON.stringify({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:1', MLFLOW_TRACKING_TOKEN: 'x' }),
    );
    await expect(nobody.ping()).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('files', () => {
  const listed = {
    name: 'churn',
    version: '1',
    creationTimestamp: 1,
    stage: 'None',
    aliases: [],
    runId: 'r1',
    source: 'runs:/r1/model',
    description: '',
    status: 'READY',
    tags: {},
  };

  test('of a run are listed through folders, relative to the model', async () => {
    fake.answer = (_request, response, url) => {
      const entries: Record<string, object[]> = {
        model: [
          { path: 'model/MLmodel', is_dir: false, file_size: 3 },
          { path: 'model/code', is_dir: true },
        ],
        'model/code': [{ path: 'model/code/a.py', is_dir: false, file_size: '5' }],
      };
      json(response, { files: entries[url.searchParams.get('path') ?? ''] });
    };
    expect(await openSource().listFiles(listed)).toEqual([
      { path: 'MLmodel', size: 3 },
      { path: 'code/a.py', size: 5 },
    ]);
  });

  test('of a version that was copied are where the registry says that they are', async () => {
    const copy = { ...listed, name: 'prod', source: 'models:/dev/3', runId: '' };
    const asked: string[] = [];
    fake.answer = (_request, response, url) => {
      asked.push(url.pathname);
      if (url.pathname.endsWith('/get-download-uri')) {
        return json(response, { artifact_uri: 'mlflow-artifacts:/0/models/m-1/artifacts' });
      }
      return url.pathname.endsWith('/artifacts/MLmodel')
        ? response.end('flavors: {}')
        : json(response, { files: [{ path: 'MLmodel', is_dir: false, file_size: 11 }] });
    };
    const registry = openSource();
    expect(await registry.listFiles(copy)).toEqual([{ path: 'MLmodel', size: 11 }]);
    expect(await text(await registry.openFile(copy, 'MLmodel'))).toBe('flavors: {}');
    expect(asked.filter((path) => path.endsWith('/get-download-uri'))).toHaveLength(1);
  });

  test('that lie outside the folder asked for are refused', async () => {
    fake.answer = (_request, response, url) =>
      json(response, {
        files:
          url.searchParams.get('path') === 'model'
            ? [{ path: 'model/code', is_dir: true }]
            : [{ path: 'secrets/key', is_dir: false, file_size: 1 }],
      });
    await expect(openSource().listFiles(listed)).rejects.toThrow('"secrets/key"');
  });

  test('of Databricks come from the signed address, which never gets our token', async () => {
    fake.answer = (request, response, url) => {
      if (url.pathname.endsWith('/get-signed-download-uri')) {
        expect(request.headers.authorization).toBe('Bearer t0ken');
        return json(response, { signed_uri: `${fake.url()}/signed`, headers: [{ name: 'x-ms-blob', value: 'yes' }] });
      }
      expect(request.headers.authorization).toBeUndefined();
      response.end(`signed ${request.headers['x-ms-blob']}`);
    };
    expect(await text(await databricks().openFile(listed, 'MLmodel'))).toBe('signed yes');
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'nonsense'])('are not fetched from %s', async (uri) => {
    fake.answer = (_request, response) => json(response, { signed_uri: uri });
    await expect(databricks().openFile(listed, 'MLmodel')).rejects.toThrow('download address');
  });
});
