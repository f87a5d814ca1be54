import { PATIENCE } from '../../../lambda/shared/registry/http/patience';
import { readFile } from '../../../lambda/shared/registry/read-file';
import type { ModelRegistry } from '../../../lambda/shared/registry/registry';
import { tried } from '../../../trust/sizes';
import { json, startFakeServer } from '../../support/fake-server';
import { HASTY } from '../../support/impatient';
import { modelVersion } from '../../support/versions';
import { BusyRegistry } from '../../support/wire/busy-registry';
import { databricksOn, openSourceOn } from '../../support/wire/registries';

const server = startFakeServer();
const mlflow = new BusyRegistry(server);
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });
const never = new AbortController().signal;

describe('MLflow', () => {
  const target = { url: 'https://receiver.example', secret: 'secret' };
  const READS: readonly (readonly [what: string, call: (registry: ModelRegistry) => Promise<unknown>])[] = [
    ['a page of models', (registry) => registry.modelsPage(undefined)],
    ['a page of versions', (registry) => registry.versionsPage(undefined)],
    ['versions', (registry) => registry.listVersions('churn')],
    ['a version', (registry) => registry.getVersion('churn', '1')],
    ['whether there is anything', (registry) => registry.isEmpty()],
  ];

  test.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 501])(
    'that says %d to what we ask is asked once: nothing but us can mend it',
    async (status) => {
      for (const registry of [openSourceOn(server), databricksOn(server)]) {
        for (const [, call] of [...READS, ['files', (one: ModelRegistry) => one.listFiles(version)] as const]) {
          mlflow.busy(Number.POSITIVE_INFINITY, status, { 'retry-after': '0' });
          await expect(call(registry)).rejects.toMatchObject({ name: 'RefusedError' });
          // An open-source server is asked where files are before it is asked which.
          expect(mlflow.asked).toBeLessThanOrEqual(2);
        }
        for (const [, call] of READS) {
          mlflow.busy(Number.POSITIVE_INFINITY, status);
          await call(registry).catch(() => undefined);
          expect(mlflow.asked).toBe(1);
        }
        const read = readFile(
          (path, position) => registry.openFile(version, path, position),
          { source: 'x', size: 1, from: 0 },
          never,
          HASTY,
        );
        mlflow.busy(Number.POSITIVE_INFINITY, status);
        await expect(read.next()).rejects.toMatchObject({ name: 'RefusedError' });
        expect(mlflow.asked).toBeLessThanOrEqual(2);
      }
      tried('bursts', 2 * (2 * READS.length + 2));
    },
  );

  test.each([429, 500, 502, 503, 504])(
    'that says %d for ever is asked a few times, which passes on as transient',
    async (status) => {
      for (const registry of [openSourceOn(server), databricksOn(server)]) {
        for (const [, call] of READS) {
          mlflow.busy(Number.POSITIVE_INFINITY, status);
          await expect(call(registry)).rejects.toMatchObject({
            name: 'TransientError',
            message: expect.stringContaining(`answered ${status}`),
          });
          expect(mlflow.asked).toBe(PATIENCE.tries);
          mlflow.busy(PATIENCE.tries - 1, status);
          await call(registry).catch((error: Error) => expect(error.name).not.toBe('TransientError'));
        }
        mlflow.busy(Number.POSITIVE_INFINITY, status);
        const open = jest.fn((path, position) => registry.openFile(version, path, position));
        const read = readFile(open, { source: 'x', size: 1, from: 0 }, never, HASTY);
        await expect(read.next()).rejects.toMatchObject({ name: 'TransientError' });
        expect(open).toHaveBeenCalledTimes(HASTY.fruitless);
      }
      tried('bursts', 2 * (READS.length + 1));
    },
  );

  test('is sent what changes something once more only where nothing was done', async () => {
    for (const [status, most] of [
      [500, 1],
      [502, 1],
      [504, 1],
      [503, PATIENCE.tries],
      [429, PATIENCE.tries],
    ] as const) {
      const methods: string[] = [];
      server.answer = (request, response) => {
        if (request.method === 'GET') {
          json(response, {});
        } else {
          methods.push(request.method ?? '');
          response.writeHead(status).end();
        }
      };
      await expect(openSourceOn(server).ensureWebhook('churn', target)).rejects.toMatchObject({
        name: 'TransientError',
      });
      expect(methods).toHaveLength(most);
    }
    tried('bursts', 5);
  });
});
