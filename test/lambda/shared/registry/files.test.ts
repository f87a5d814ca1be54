import { text } from 'node:stream/consumers';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { json, startFakeServer } from '../../../support/fake-server';

const fake = startFakeServer();

const openSource = () =>
  connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }));
const databricks = () => connectRegistry(JSON.stringify({ DATABRICKS_HOST: fake.url(), DATABRICKS_TOKEN: 't0ken' }));

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
          // MLflow leaves out a size of nothing.
          { path: 'model/empty', is_dir: false },
        ],
        'model/code': [{ path: 'model/code/a.py', is_dir: false, file_size: '5' }],
      };
      json(response, { files: entries[url.searchParams.get('path') ?? ''] });
    };
    expect(await openSource().listFiles(listed)).toEqual([
      { path: 'MLmodel', size: 3 },
      { path: 'code/a.py', size: 5 },
      { path: 'empty', size: 0 },
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
    expect(await text((await registry.openFile(copy, 'MLmodel')).bytes)).toBe('flavors: {}');
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
    expect(await text((await databricks().openFile(listed, 'MLmodel')).bytes)).toBe('signed yes');
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'nonsense'])('are not fetched from %s', async (uri) => {
    fake.answer = (_request, response) => json(response, { signed_uri: uri });
    await expect(databricks().openFile(listed, 'MLmodel')).rejects.toThrow('download address');
  });
});
