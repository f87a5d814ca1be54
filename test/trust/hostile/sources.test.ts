import { tried } from '../../../trust/sizes';
import { startElsewhere } from '../../support/elsewhere';
import { json, startFakeServer } from '../../support/fake-server';
import { modelVersion } from '../../support/versions';
import { openSourceOn } from '../../support/wire/registries';

const registry = startFakeServer();
const elsewhere = startElsewhere();

describe('a source', () => {
  /** Everything that is asked of the registry, as far as it is a place: what is in a query is the registry's own to judge. */
  const PLACES =
    /^\/(?:api\/2\.0\/mlflow\/(?:model-versions\/get-download-uri|logged-models\/[^/]+(?:\/artifacts\/directories)?|artifacts\/(?:list|presigned-download-url)|runs\/get)|api\/2\.0\/mlflow-artifacts\/(?:artifacts|presigned)(?:\/[^?]*)?|get-artifact|model-versions\/get-artifact)$/;
  const SOURCES = (host: string) => [
    `http://${host}/model`,
    `https://${host}/0/r1/artifacts/model`,
    `http://${host}/0/r1/artifacts/../../../model`,
    `mlflow-artifacts://${host}/0/r1/artifacts/model`,
    `mlflow-artifacts://user:word@${host}/0/r1/artifacts/model`,
    'mlflow-artifacts:/../../../api/2.0/mlflow/users/get',
    'mlflow-artifacts:/0/../../../../2.0/mlflow/registered-models/search',
    'mlflow-artifacts:/%2e%2e/%2e%2e/api/2.0/mlflow/users/get',
    'mlflow-artifacts:/..%2f..%2fapi',
    'mlflow-artifacts:/0\\..\\..\\api',
    'mlflow-artifacts:/0/?x=1#y',
    'mlflow-artifacts:/./.',
    'runs:/r1/../../secrets',
    'runs:/../x/model',
    'models:/m-1/../../users',
    'models:/../users/1',
    'file:///etc/passwd',
    'file:/proc/self/environ',
    's3://someone-elses/model',
    's3://someone-elses/../mine/model',
    'dbfs:/databricks/mlflow-registry/1/models/model',
    'hdfs://namenode/model',
    'ftp://host/model',
    'gopher://host/model',
    'data:text/plain,flavors',
    `//${host}/model`,
    '',
    ' ',
    '\0',
    'models:/',
    `runs:/${'r'.repeat(100_000)}/${'/'.repeat(100_000)}x`,
    `s3://b/${'/'.repeat(100_000)}x`,
    `http://h/${'r1/artifacts/'.repeat(20_000)}`,
  ];

  test('never leads to another server, nor to anything of the registry but files', async () => {
    const sources = SOURCES(new URL(elsewhere.url()).host);
    const places: string[] = [];
    for (const source of sources) {
      // The registry says the same of it in all of its words.
      registry.answer = (request, response, url) => {
        places.push(new URL(request.url ?? '', registry.url()).pathname);
        if (url.pathname.endsWith('/get-download-uri')) {
          json(response, { artifact_uri: source });
        } else if (url.pathname.endsWith('/runs/get')) {
          json(response, { run: { info: { artifact_uri: source } } });
        } else if (/logged-models\/[^/]+$/.test(url.pathname)) {
          json(response, { model: { info: { artifact_uri: source } } });
        } else if (url.pathname.includes('presigned')) {
          json(response, { error_code: 'NOT_IMPLEMENTED' }, 501);
        } else {
          json(response, { files: [] });
        }
      };
      const begun = performance.now();
      for (const own of [source, 'models:/m-1', 'models:/other/1', 'runs:/r1/model']) {
        const one = modelVersion({ source: own, runId: 'r1' });
        for (const call of [
          () => openSourceOn(registry).listFiles(one),
          () => openSourceOn(registry).openFile(one, 'MLmodel'),
          () => openSourceOn(registry).artifactId(one),
        ]) {
          const error = await call().then(
            () => undefined,
            (reason: Error) => reason,
          );
          if (error !== undefined) {
            expect({ source: source.slice(0, 100), name: error.name, message: error.message }).toMatchObject({
              name: 'RefusedError',
            });
            expect(error.message.length).toBeLessThan(2_100);
          }
        }
      }
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
    expect(places.filter((place) => !PLACES.test(place))).toEqual([]);
    expect(elsewhere.asked).toEqual([]);
    tried('hostile', 4 * sources.length);
  }, 60_000);
});
