import type { ServerResponse } from 'node:http';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { json, startFakeServer } from '../../../support/fake-server';
import { IMPATIENT } from '../../../support/impatient';

const fake = startFakeServer();

const openSource = () =>
  connectRegistry(
    JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }),
    undefined,
    IMPATIENT,
  );

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

  test('of a model that is deleted while it is read are none, and not demoted ones', async () => {
    fake.answer = (_request, response, url) =>
      url.pathname.endsWith('/registered-models/get')
        ? json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'not found' }, 404)
        : json(response, { model_versions: [version('1')] });
    expect(await openSource().listVersions('churn')).toEqual([]);
  });

  test('that are larger than anybody should send are asked for a few at a time', async () => {
    const sizes: number[] = [];
    // A tag as long as MLflow takes it, on each of the versions.
    const tags = [{ key: 'notes', value: 'x'.repeat(100_000) }];
    fake.answer = (_request, response, url) => {
      if (url.pathname.endsWith('/registered-models/get')) {
        return json(response, { registered_model: { name: 'churn', creation_timestamp: 1 } });
      }
      const size = Number(url.searchParams.get('max_results'));
      const first = Number(url.searchParams.get('page_token') ?? 0);
      sizes.push(size);
      const items = Array.from({ length: Math.min(size, 800 - first) }, (_, index) =>
        version(String(first + index + 1), { tags }),
      );
      const next = first + items.length;
      json(response, { model_versions: items, ...(next < 800 ? { next_page_token: String(next) } : {}) });
    };
    const versions = await openSource().listVersions('churn');
    expect(new Set(versions.map(({ version: number }) => number)).size).toBe(800);
    expect(sizes).toEqual([1000, 250, 1000]);
  }, 60_000);

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

  test('of a name with both quotation marks, which no filter can hold, are asked for by their numbers', async () => {
    const name = `it's "a"`;
    fake.answer = (_request, response, url) => {
      const number = url.searchParams.get('version');
      if (number === null) {
        const latest = [version('9', { name }), version('4', { name })];
        return json(response, { registered_model: { name, creation_timestamp: 1, latest_versions: latest } });
      }
      return ['2', '9'].includes(number)
        ? json(response, { model_version: version(number, { name }) })
        : json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404);
    };
    expect((await openSource().listVersions(name)).map(({ version: number }) => number)).toEqual(['2', '9']);
  });

  test("carry their own tags over their model's", async () => {
    fake.answer = (_request, response, url) =>
      json(
        response,
        url.pathname.endsWith('/registered-models/get')
          ? {
              registered_model: {
                name: 'churn',
                creation_timestamp: 1,
                tags: [
                  { key: 'sagemaker_deploy_flavor', value: 'sklearn' },
                  { key: 'team', value: 'a' },
                ],
              },
            }
          : { model_version: version('1', { tags: [{ key: 'team', value: 'b' }] }) },
      );
    expect((await openSource().getVersion('churn', '1'))?.tags).toEqual({
      sagemaker_deploy_flavor: 'sklearn',
      team: 'b',
    });
  });

  test('one that is not there is undefined', async () => {
    fake.answer = (_request, response) =>
      json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'not found' }, 404);
    expect(await openSource().getVersion('churn', '1')).toBeUndefined();
  });
});

test('a registry whose first model is larger than anybody should send is not empty', async () => {
  const tags = [{ key: 'notes', value: 'x'.repeat(65 * 1024 * 1024) }];
  fake.answer = (_request, response) => json(response, { registered_models: [{ name: 'large', tags }] });
  expect(await openSource().isEmpty()).toBe(false);
  fake.answer = (_request, response) => json(response, {});
  expect(await openSource().isEmpty()).toBe(true);
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
