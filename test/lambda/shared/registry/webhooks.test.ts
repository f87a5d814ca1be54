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
});
