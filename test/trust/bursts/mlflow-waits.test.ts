import { PATIENCE } from '../../../lambda/shared/registry/http/patience';
import { readFile } from '../../../lambda/shared/registry/read-file';
import { RETRY } from '../../../lib/model-sync/sync-step';
import { tried } from '../../../trust/sizes';
import { json, startFakeServer } from '../../support/fake-server';
import { modelVersion } from '../../support/versions';
import { BusyRegistry, reading } from '../../support/wire/busy-registry';
import { databricksOn, openSourceOn } from '../../support/wire/registries';

const server = startFakeServer();
const mlflow = new BusyRegistry(server);
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });
const never = new AbortController().signal;

describe('MLflow', () => {
  test('that says when to come again is left alone until then', async () => {
    const times: number[] = [];
    const answer = (retryAfter: () => string) => {
      times.length = 0;
      server.answer = (_request, response) => {
        times.push(Date.now());
        times.length === 1 ? response.writeHead(429, { 'retry-after': retryAfter() }).end() : json(response, {});
      };
    };
    const waited = () => (times[1] ?? 0) - (times[0] ?? 0);
    answer(() => '2');
    await reading(openSourceOn(server));
    expect(waited()).toBeGreaterThanOrEqual(1_990);
    // A date has no parts of a second.
    answer(() => new Date(Date.now() + 3_000).toUTCString());
    await reading(openSourceOn(server));
    expect(waited()).toBeGreaterThanOrEqual(1_900);
    for (const nonsense of ['soon', '-5', '', '1e3', 'Infinity']) {
      answer(() => nonsense);
      await reading(openSourceOn(server));
      expect(waited()).toBeLessThan(1_500);
    }
    tried('bursts', 7);
  }, 30_000);

  test('that says to come again in hours does not keep anybody', async () => {
    for (const when of ['21600', '11', '99999999999999999999', new Date(Date.now() + 6 * 3_600_000).toUTCString()]) {
      for (const registry of [openSourceOn(server, {}), databricksOn(server, {})]) {
        mlflow.busy(Number.POSITIVE_INFINITY, 429, { 'retry-after': when });
        const begun = Date.now();
        await expect(reading(registry)).rejects.toMatchObject({
          name: 'TransientError',
          message: expect.stringMatching(/wants to be asked again after \d+ s/),
        });
        expect(mlflow.asked).toBe(1);
        const read = readFile(
          (path, position) => registry.openFile(version, path, position),
          { source: 'x', size: 1, from: 0 },
          never,
        );
        mlflow.busy(Number.POSITIVE_INFINITY, 503, { 'retry-after': '21600' });
        await expect(read.next()).rejects.toMatchObject({ name: 'TransientError' });
        expect(mlflow.asked).toBeLessThanOrEqual(2 * PATIENCE.tries);
        expect(Date.now() - begun).toBeLessThan(2_000);
      }
    }
    tried('bursts', 16);
  }, 30_000);

  test('that keeps many answers waiting is not waited for without end', async () => {
    const patience = { firstWaitMs: 1, answerMs: 100, allMs: 500 };
    const registry = openSourceOn(server, { patience });
    mlflow.busy(Number.POSITIVE_INFINITY, 503, { 'retry-after': '0' });
    const begun = Date.now();
    const ms = { ...patience, firstWaitMs: 30 };
    const all = Array.from({ length: 200 }, () =>
      reading(openSourceOn(server, { patience: ms })).catch((error: Error) => error.name),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['TransientError']));
    const one = openSourceOn(server, { patience: ms });
    for (let call = 0; call < 200; call++) {
      await expect(reading(one)).rejects.toMatchObject({ name: 'TransientError' });
    }
    await expect(reading(registry)).rejects.toMatchObject({ name: 'TransientError' });
    // Two hundred answers would take twenty seconds; all of one connection's waiting is half a second.
    expect(Date.now() - begun).toBeLessThan(12_000);
    tried('bursts', 400);
  }, 60_000);

  test('that is out of service for half a minute is outlasted by a step and its retries', async () => {
    const waits = Array.from({ length: PATIENCE.tries - 1 }, (_, index) => PATIENCE.firstWaitMs * 2 ** index);
    const leastMs = waits.reduce((sum, ms) => sum + ms, 0);
    expect(leastMs * 1.5).toBeLessThanOrEqual(PATIENCE.answerMs);
    // Of a step's retries only the number is sure: their waits are spread from nothing on.
    expect(leastMs * (RETRY.maxAttempts + 1)).toBeGreaterThanOrEqual(30_000);
    // The same, a hundred times as fast.
    const firstWaitMs = PATIENCE.firstWaitMs / 100;
    const over = Date.now() + 300;
    server.answer = (_request, response) => (Date.now() < over ? response.writeHead(503).end() : json(response, {}));
    let tries = 0;
    for (let done = false; !done; tries++) {
      done = await reading(openSourceOn(server, { patience: { firstWaitMs } })).then(
        () => true,
        () => false,
      );
    }
    expect(tries).toBeLessThanOrEqual(RETRY.maxAttempts + 1);
    tried('bursts', 1);
  });
});
