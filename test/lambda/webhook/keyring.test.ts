import { SETTLE_SECONDS } from '../../../lambda/rotate/rotate';
import type { SecretVersion, Stage } from '../../../lambda/shared/webhook-secret/secret-versions';
import { LOOK_SECONDS, openKeyring, REMEMBERED_SECONDS } from '../../../lambda/webhook/keyring';

const DAY = 24 * 60 * 60;

/** A secret with its stages, and a clock; every reading is noted. */
function world(stages: Partial<Record<Stage, SecretVersion>>) {
  const read: string[] = [];
  const state = {
    now: 100 * DAY,
    stages,
    since: new Map<string, number>(),
    fails: false,
    /** Called after each reading, which is when others may act. */
    afterwards: (_stage: Stage) => {},
  };
  const at = async (stage: Stage) => {
    read.push(stage);
    if (state.fails) {
      throw new Error('throttled');
    }
    const found = state.stages[stage];
    state.afterwards(stage);
    return found;
  };
  const keyring = openKeyring({
    at,
    current: async () => (await at('AWSCURRENT')) as SecretVersion,
    since: async (id) => state.since.get(id),
    now: () => state.now,
  });
  return { read, state, keyring };
}

const version = (id: string, createdAt = 0): SecretVersion => ({ id, value: `value-${id}`, createdAt });

test('the current secret is read once a minute, and no other', async () => {
  const { read, state, keyring } = world({ AWSCURRENT: version('a') });
  expect(await keyring.current()).toBe('value-a');
  state.now += REMEMBERED_SECONDS - 1;
  expect(await keyring.current()).toBe('value-a');
  expect(read).toEqual(['AWSCURRENT']);
  state.stages = { AWSCURRENT: version('b') };
  state.now += 1;
  expect(await keyring.current()).toBe('value-b');
});

test('a clock that is put back makes nothing last', async () => {
  const { read, state, keyring } = world({ AWSCURRENT: version('a') });
  await keyring.current();
  await keyring.all();
  state.now -= DAY;
  state.stages = { AWSCURRENT: version('b') };
  expect(await keyring.current()).toBe('value-b');
  expect(await keyring.all()).toEqual(['value-b']);
  expect(read).toHaveLength(8);
});

test('an error is not remembered', async () => {
  const { state, keyring } = world({ AWSCURRENT: version('a') });
  state.fails = true;
  await expect(keyring.current()).rejects.toThrow('throttled');
  state.fails = false;
  expect(await keyring.current()).toBe('value-a');
});

test('the pending secret is taken, whichever stages it has besides', async () => {
  const { state, keyring } = world({ AWSCURRENT: version('a'), AWSPENDING: version('b') });
  expect(await keyring.all()).toEqual(['value-a', 'value-b']);
  state.now += LOOK_SECONDS;
  state.stages = { AWSCURRENT: version('b'), AWSPENDING: version('b') };
  expect(await keyring.all()).toEqual(['value-b']);
});

describe('the previous secret', () => {
  test('is taken for a day after the rotation, however long that waited for the registry', async () => {
    const { state, keyring } = world({ AWSCURRENT: version('b', 90 * DAY), AWSPREVIOUS: version('a', 1 * DAY) });
    const replaced = 100 * DAY - 10;
    state.since.set('b', replaced);
    expect(await keyring.all()).toEqual(['value-b', 'value-a']);
    state.now = replaced + DAY - 1;
    expect(await keyring.all()).toEqual(['value-b', 'value-a']);
    state.now += 1;
    expect(await keyring.all()).toEqual(['value-b']);
  });

  test('is taken no longer although it was read within its grace', async () => {
    const { state, keyring } = world({ AWSCURRENT: version('b'), AWSPREVIOUS: version('a') });
    state.since.set('b', state.now - DAY + 1);
    expect(await keyring.all()).toEqual(['value-b', 'value-a']);
    state.now += 1;
    expect(await keyring.all()).toEqual(['value-b']);
  });

  test.each([
    ['was put by hand', 100 * DAY - 1, 1 * DAY],
    ['is an older one again', 1 * DAY, 100 * DAY - 1],
  ])('is taken where the current one %s', async (_what, current, previous) => {
    const { keyring } = world({ AWSCURRENT: version('b', current), AWSPREVIOUS: version('a', previous) });
    expect(await keyring.all()).toEqual(['value-b', 'value-a']);
  });

  test('is refused long after it was replaced by hand', async () => {
    const { keyring } = world({ AWSCURRENT: version('b', 98 * DAY), AWSPREVIOUS: version('a', 1 * DAY) });
    expect(await keyring.all()).toEqual(['value-b']);
  });
});

describe('looks', () => {
  test('are some seconds apart, also those that fail, and one is shared by who comes meanwhile', async () => {
    const { read, state, keyring } = world({ AWSCURRENT: version('a') });
    await Promise.all([keyring.all(), keyring.all(), keyring.all()]);
    await keyring.all();
    expect(read).toEqual(['AWSPENDING', 'AWSCURRENT', 'AWSPREVIOUS']);
    state.now += LOOK_SECONDS;
    state.fails = true;
    await expect(keyring.all()).rejects.toThrow('throttled');
    await expect(keyring.all()).rejects.toThrow('throttled');
    expect(read).toHaveLength(4);
  });

  test('are closer to each other than a secret to its first use', () => {
    expect(SETTLE_SECONDS).toBeGreaterThanOrEqual(2 * LOOK_SECONDS);
  });

  test('tell what is current', async () => {
    const { read, state, keyring } = world({ AWSCURRENT: version('a') });
    await keyring.current();
    state.stages = { AWSCURRENT: version('b'), AWSPREVIOUS: version('a') };
    await keyring.all();
    expect(await keyring.current()).toBe('value-b');
    expect(read).toHaveLength(4);
  });

  test.each(['AWSPENDING', 'AWSCURRENT', 'AWSPREVIOUS'] as const)(
    'miss nothing when a rotation ends after %s was read',
    async (moment) => {
      const { state, keyring } = world({ AWSCURRENT: version('a'), AWSPENDING: version('b') });
      state.afterwards = (stage) => {
        if (stage === moment) {
          state.since.set('b', state.now);
          state.stages = { AWSCURRENT: version('b'), AWSPREVIOUS: version('a') };
        }
      };
      expect((await keyring.all()).toSorted()).toEqual(['value-a', 'value-b']);
    },
  );
});
