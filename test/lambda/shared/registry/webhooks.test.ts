import { text } from 'node:stream/consumers';
import { logger } from '../../../../lambda/shared/logging';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import type { ModelRegistry } from '../../../../lambda/shared/registry/registry';
import { json, startFakeServer } from '../../../support/fake-server';
import { IMPATIENT } from '../../../support/impatient';

const fake = startFakeServer();

const openSource = () =>
  connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't' }));
const databricks = () =>
  connectRegistry(JSON.stringify({ DATABRICKS_HOST: fake.url(), DATABRICKS_TOKEN: 't' }), undefined, IMPATIENT);

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
          json(response, isGone ? { error_code: 'RESOURCE_DOES_NOT_EXIST' } : {}, isGone ? 404 : 200);
        });
      };
      return sent;
    }
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

    describe('of Databricks, where a model may not be managed', () => {
      const http_url_spec = { url: target.url };
      const models = ['churn', 'fraud', 'price', 'stock', 'trend', 'yield'];
      const warn = jest.spyOn(logger, 'warn').mockImplementation();
      const warned = () => warn.mock.calls.map(([, about]) => (about as unknown as { model: string }).model).toSorted();
      beforeEach(() => warn.mockClear());
      afterAll(() => warn.mockRestore());

      /** A workspace that refuses to list some models' webhooks, and to change those of others; gives the models it was let at. */
      function workspace(over: { list?: string[]; change?: string[]; status?: number }) {
        const { list = [], change = [], status = 403 } = over;
        const done: string[] = [];
        fake.answer = (request, response, url) => {
          void text(request).then((body) => {
            const refuse = () => json(response, { error_code: 'PERMISSION_DENIED' }, status);
            const listed = url.searchParams.get('model_name');
            if (listed !== null) {
              list.includes(listed)
                ? refuse()
                : json(response, { webhooks: [{ id: listed, model_name: listed, http_url_spec }] });
              return;
            }
            const { id } = JSON.parse(body) as { id: string };
            if (change.includes(id)) {
              refuse();
              return;
            }
            done.push(id);
            json(response, {});
          });
        };
        return done;
      }

      test.each([401, 403])('by %s, the others get the new secret, and the log names the model', async (status) => {
        const renewed = workspace({ list: ['churn'], change: ['fraud'], status });
        await databricks().renewWebhooks(models, target);
        expect(renewed.toSorted()).toEqual(['price', 'stock', 'trend', 'yield']);
        expect(warned()).toEqual(['churn', 'fraud']);
      });

      test('nor any other, it is the credentials, and the error says so', async () => {
        workspace({ list: models.slice(0, 3), change: models.slice(3) });
        await expect(databricks().renewWebhooks(models, target)).rejects.toMatchObject({ status: 403 });
        expect(warned()).toEqual([]);
      });

      test('what is no refusal fails all, since it passes', async () => {
        workspace({ list: ['churn'], status: 500 });
        await expect(databricks().renewWebhooks(models, target)).rejects.toMatchObject({ name: 'TransientError' });
      });
    });

    test('are left as they are when the registry refuses, and the error says so', async () => {
      fake.answer = (_request, response) => json(response, { error_code: 'PERMISSION_DENIED' }, 403);
      await expect(openSource().renewWebhooks(['churn'], target)).rejects.toThrow();
      await expect(databricks().renewWebhooks(['churn'], target)).rejects.toThrow();
    });
  });
});
