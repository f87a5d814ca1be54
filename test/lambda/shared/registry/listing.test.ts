import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { json, startFakeServer } from '../../../support/fake-server';
import { IMPATIENT } from '../../../support/impatient';

const fake = startFakeServer();

const registry = () =>
  connectRegistry(
    JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }),
    undefined,
    IMPATIENT,
  );
const version = (name: string, number: string, over: object = {}) => ({
  name,
  version: number,
  creation_timestamp: 1,
  current_stage: 'Staging',
  ...over,
});

test('a page of models has their aliases, tags and the latest version of each stage', async () => {
  fake.answer = (_request, response, url) => {
    expect(url.searchParams.get('order_by')).toBe('name ASC');
    json(response, {
      registered_models: [
        {
          name: 'churn',
          creation_timestamp: 1,
          aliases: [
            { alias: 'champion', version: '2' },
            { alias: 'production', version: '2' },
          ],
          tags: [{ key: 'team', value: 'risk' }],
          latest_versions: [version('churn', '2')],
        },
        { name: 'bare', creation_timestamp: 2 },
      ],
      next_page_token: 'next',
    });
  };
  const { items, next } = await registry().modelsPage(undefined);
  expect(next).toBe('next');
  expect(items.map(({ name, aliases, tags, latest }) => [name, [...aliases], tags, latest.length])).toEqual([
    ['churn', [['2', ['champion', 'production']]], { team: 'risk' }, 1],
    ['bare', [], {}, 0],
  ]);
});

test('pages of versions are of all models, and the last one names no other', async () => {
  fake.answer = (_request, response, url) =>
    url.searchParams.get('page_token') === 'next'
      ? json(response, { model_versions: [version('b', '1')] })
      : json(response, { model_versions: [version('a', '1'), version('a', '2')], next_page_token: 'next' });
  const first = await registry().versionsPage(undefined);
  const second = await registry().versionsPage(first.next);
  expect([...first.items, ...second.items].map(({ name, version: number }) => [name, number])).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', '1'],
  ]);
  expect(second.next).toBeUndefined();
});

test('where a page is larger than anybody should send, fewer are asked for', async () => {
  const sizes: number[] = [];
  fake.answer = (_request, response, url) => {
    const size = Number(url.searchParams.get('max_results'));
    sizes.push(size);
    // A tag as long as MLflow takes it, on each of the versions.
    const tags = [{ key: 'notes', value: 'x'.repeat(100_000) }];
    const items = Array.from({ length: size }, (_, index) => version('large', String(index + 1), { tags }));
    json(response, { model_versions: items });
  };
  const { items } = await registry().versionsPage(undefined);
  expect(sizes).toEqual([1000, 250]);
  expect(items).toHaveLength(250);
}, 60_000);

test('a registry that does not list all versions says so, and one that is down passes', async () => {
  fake.answer = (_request, response) =>
    json(response, { error_code: 'INVALID_PARAMETER_VALUE', message: 'filter' }, 400);
  await expect(registry().versionsPage(undefined)).rejects.toMatchObject({ name: 'RefusedError', status: 400 });
  fake.answer = (_request, response) => json(response, {}, 503);
  await expect(registry().versionsPage(undefined)).rejects.toMatchObject({ name: 'TransientError' });
});
