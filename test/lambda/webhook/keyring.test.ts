import type { SecretVersion } from '../../../lambda/shared/webhook-secret/secret-versions';
import { CACHE_SECONDS, openKeyring } from '../../../lambda/webhook/keyring';

const NOW = 1_795_464_120;
const DAY = 86_400;

const version = (id: string, createdAt: number): SecretVersion => ({ id, value: `value-${id}`, createdAt });

/** Secrets Manager and a clock; every reading is noted. */
function world(current: SecretVersion, previous?: SecretVersion) {
  const read: string[] = [];
  const state = { now: NOW, current, previous, fails: false };
  const answer = async <T>(stage: string, of: () => T): Promise<T> => {
    read.push(stage);
    if (state.fails) {
      throw new Error('throttled');
    }
    return of();
  };
  const keyring = openKeyring({
    current: () => answer('current', () => state.current),
    previous: () => answer('previous', () => state.previous),
    now: () => state.now,
  });
  return { read, state, keyring };
}

test('accepts the current secret alone where there is no previous one, however old it is', async () => {
  expect(await world(version('a', 0)).keyring()).toEqual(['value-a']);
});

test('accepts the previous secret for a day after the creation of the current one, and no longer', async () => {
  const { state, keyring } = world(version('b', NOW), version('a', 0));
  expect(await keyring()).toEqual(['value-b', 'value-a']);
  state.now = NOW + DAY - 1;
  expect(await keyring()).toEqual(['value-b', 'value-a']);
  state.now = NOW + DAY;
  expect(await keyring()).toEqual(['value-b']);
});

test('refuses a cached previous secret when its day ends', async () => {
  const { read, state, keyring } = world(version('b', NOW - DAY + 1), version('a', 0));
  expect(await keyring()).toEqual(['value-b', 'value-a']);
  state.now += 1;
  expect(await keyring()).toEqual(['value-b']);
  expect(read).toHaveLength(2);
});

test('reads both secrets once for all deliveries of some seconds, also for deliveries that come at the same time', async () => {
  const { read, state, keyring } = world(version('a', NOW));
  await Promise.all([keyring(), keyring(), keyring()]);
  state.now += CACHE_SECONDS - 1;
  await keyring();
  expect(read).toEqual(['current', 'previous']);
  state.current = version('b', state.now);
  state.previous = version('a', NOW);
  state.now += 1;
  expect(await keyring()).toEqual(['value-b', 'value-a']);
  expect(read).toHaveLength(4);
});

test('refuses a secret that was replaced twice, some seconds later', async () => {
  const { state, keyring } = world(version('a', NOW));
  await keyring();
  state.current = version('c', NOW);
  state.previous = version('b', NOW);
  state.now += CACHE_SECONDS;
  expect(await keyring()).toEqual(['value-c', 'value-b']);
});

test('a clock that is set back does not make the cache last longer', async () => {
  const { state, keyring } = world(version('a', NOW));
  await keyring();
  state.current = version('b', NOW);
  state.now -= CACHE_SECONDS;
  expect(await keyring()).toEqual(['value-b']);
});

test('does not cache an error', async () => {
  const { state, keyring } = world(version('a', NOW));
  state.fails = true;
  await expect(keyring()).rejects.toThrow('throttled');
  state.fails = false;
  expect(await keyring()).toEqual(['value-a']);
});
