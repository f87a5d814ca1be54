import { text } from 'node:stream/consumers';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import type { ModelRegistry } from '../../../../lambda/shared/registry/registry';
import { json, startFakeServer } from '../../../support/fake-server';

const fake = startFakeServer();

const openSource = () =>
  connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't' }));
const databricks = () => connectRegistry(JSON.stringify({ DATABRICKS_HOST: fake.url(), DATABRICKS_TOKEN: 't' }));

describe('webhooks', () => {
  const target = { url: 'https://api.example.com/prod/webhook', secret: 's' };

  async function bodies(registry: ModelRegistry, existing: object[]): Promise<[string, unknown][]> {
    const sent: [string, unknown][] = [];
    fake.answer = (request, response) => {
      void text(request).then((body) => {
        if (request.method !== 'GET') {
          sent.push([`${request.method} ${request.url}`, body === '' ? undefined : JSON.parse(body)]);
        }
        json(response, request.method === 'GET' ? { webhooks: existing } : {});
      });
    };
    await registry.ensureWebhook('churn', target);
    return sent;
  }

  test('of open-source MLflow: one for all models, brought up to date where it is there', async () => {
    const [[created, body]] = (await bodies(openSource(), [])) as [[string, Record<string, unknown>]];
    expect(created).toBe('POST /api/2.0/mlflow/webhooks');
    expect(body).toMatchObject({ ...target, status: 'ACTIVE' });
    expect(body.name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,61}[a-zA-Z0-9]$/);

    const sent = await bodies(openSource(), [
      { webhook_id: 'b', url: target.url },
      { webhook_id: 'a', url: target.url },
      { webhook_id: 'c', url: 'https://other' },
    ]);
    expect(sent.map(([call]) => call)).toEqual([
      'PATCH /api/2.0/mlflow/webhooks/a',
      'DELETE /api/2.0/mlflow/webhooks/b',
    ]);
  });

  test('of Databricks: one for the model; none where the model is missing', async () => {
    const [[created, body]] = (await bodies(databricks(), [])) as [[string, Record<string, unknown>]];
    expect(created).toBe('POST /api/2.0/mlflow/registry-webhooks/create');
    expect(body).toMatchObject({ model_name: 'churn', http_url_spec: { ...target, enable_ssl_verification: true } });

    fake.answer = (_request, response) => json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404);
    expect(await databricks().ensureWebhook('later', target)).toBe('model-missing');
  });

  describe('that are there', () => {
    /** Answers as a registry with some webhooks of some models, one of which goes away while it is asked for. */
    function registryWith(webhooks: object[], gone = ''): [string, unknown][] {
      const sent: [string, unknown][] = [];
      fake.answer = (request, response, url) => {
        void text(request).then((body) => {
          if (request.method === 'GET') {
            const model = url.searchParams.get('model_name');
            const listed = webhooks.filter(
              (one) => model === null || (one as { model_name: string }).model_name === model,
            );
            json(response, { webhooks: listed });
            return;
          }
          sent.push([`${request.method} ${request.url}`, JSON.parse(body)]);
          const isGone = gone !== '' && `${request.url}${body}`.includes(gone);
          json(response, isGone ? { error_code: 'RESOURCE_DOES_NOT_EXIST' } : answers, isGone ? 404 : 200);
        });
      };
      return sent;
    }
    let answers: object = {};

    test('of open-source MLflow get a new secret and nothing else; none is made', async () => {
      const sent = registryWith(
        [
          { webhook_id: 'b', url: target.url },
          { webhook_id: 'a', url: target.url },
          { webhook_id: 'c', url: 'https://other' },
        ],
        'webhooks/a',
      );
      await openSource().renewWebhooks(['churn', 'fraud'], target);
      expect(sent).toEqual([
        ['PATCH /api/2.0/mlflow/webhooks/a', { secret: 's' }],
        ['PATCH /api/2.0/mlflow/webhooks/b', { secret: 's' }],
      ]);
    });

    test('of Databricks get a new secret, those of each model; none is made', async () => {
      const http_url_spec = { url: target.url };
      const sent = registryWith([
        { id: '1', model_name: 'churn', http_url_spec },
        { id: '2', model_name: 'fraud', http_url_spec: { url: 'https://other' } },
        { id: '3', model_name: 'price', http_url_spec },
        { id: '4', model_name: 'theirs', http_url_spec },
      ]);
      await databricks().renewWebhooks(['churn', 'fraud', 'price', 'none'], target);
      const spec = { ...target, enable_ssl_verification: true };
      expect(sent.toSorted()).toEqual([
        ['PATCH /api/2.0/mlflow/registry-webhooks/update', { id: '1', http_url_spec: spec }],
        ['PATCH /api/2.0/mlflow/registry-webhooks/update', { id: '3', http_url_spec: spec }],
      ]);
    });

    test('of open-source MLflow can be tried', async () => {
      const sent = registryWith([{ webhook_id: 'a', url: target.url }]);
      answers = { result: { success: false, response_status: 401 } };
      expect(await openSource().tryWebhook(['churn'], target.url)).toBe(401);
      expect(sent).toEqual([['POST /api/2.0/mlflow/webhooks/a/test', {}]]);
      answers = { result: { success: false, error_message: 'Failed to test webhook' } };
      expect(await openSource().tryWebhook(['churn'], target.url)).toBeUndefined();
      expect(await openSource().tryWebhook(['churn'], 'https://nobody')).toBeUndefined();
    });

    test('of Databricks can be tried, the first one that there is', async () => {
      const sent = registryWith([{ id: '3', model_name: 'price', http_url_spec: { url: target.url } }]);
      answers = { status_code: 200, body: '' };
      expect(await databricks().tryWebhook(['churn', 'price'], target.url)).toBe(200);
      expect(sent).toEqual([['POST /api/2.0/mlflow/registry-webhooks/test', { id: '3' }]]);
      expect(await databricks().tryWebhook(['churn'], target.url)).toBeUndefined();
    });

    test('are left as they are when the registry refuses, and the error says so', async () => {
      fake.answer = (_request, response) => json(response, { error_code: 'PERMISSION_DENIED' }, 403);
      await expect(openSource().renewWebhooks(['churn'], target)).rejects.toThrow();
      await expect(databricks().renewWebhooks(['churn'], target)).rejects.toThrow();
    });
  });
});
