import fc from 'fast-check';
import { withNewest } from '../../../lambda/enrolment/with-newest';
import { rotate, STEPS } from '../../../lambda/rotate/rotate';
import { GRACE_SECONDS, REMEMBERED_SECONDS } from '../../../lambda/webhook/keyring';
import { RotationWorld } from '../../support/rotation-world';

/** Effects of a rotation that nothing breaks. */
const EFFECTS = 16;

let world: RotationWorld;
beforeEach(() => {
  world = new RotationWorld();
});

test('a rotation gives the registry a new secret like the generated one, and makes it the current one', async () => {
  await world.rotateTo('v1');
  const value = world.at('AWSCURRENT')?.value;
  expect(value).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(world.registryHas).toBe(value);
  expect(world.at('AWSPREVIOUS')?.value).toBe('generated');
  expect(world.effects).toBe(EFFECTS);
});

test('no two secrets are the same', async () => {
  const values = new Set<string | undefined>();
  for (let number = 1; number <= 50; number++) {
    await world.rotateTo(`v${number}`);
    values.add(world.registryHas);
  }
  expect(values.size).toBe(50);
});

test('over three rotations the current and the previous secret are taken, older ones are not', async () => {
  const secrets = [world.registryHas];
  for (const id of ['v1', 'v2', 'v3']) {
    await world.rotateTo(id);
    secrets.push(world.registryHas);
  }
  // A receiver may remember the current one that long.
  world.now += REMEMBERED_SECONDS;
  const taken = await Promise.all(secrets.map((secret) => world.takes(secret)));
  expect(taken).toEqual([false, false, true, true]);
  world.now += GRACE_SECONDS;
  expect(await world.takes(secrets[2])).toBe(false);
  expect(await world.takes(secrets[3])).toBe(true);
});

describe('wherever a rotation breaks off', () => {
  const breaks = Array.from({ length: EFFECTS }, (_, at) => at).flatMap((at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]);

  test.each(breaks)('at effect $at, $when it, it goes on, and no delivery is dropped', async (where) => {
    world.break = where;
    await expect(world.rotateTo('v1')).rejects.toThrow('crashed');
    await world.rotateTo('v1');
    expect(world.registryHas).toBe(world.at('AWSCURRENT')?.value);
    expect(world.labels.get('AWSCURRENT')).toBe('v1');
    expect(world.labels.get('AWSPREVIOUS')).toBe('v0');
    expect(world.uses.get('v1')).toBeGreaterThanOrEqual(1_000_000);
  });

  test.each(STEPS)('%s may be done once more when all is done', async (step) => {
    await world.rotateTo('v1');
    const { registryHas } = world;
    await rotate(step, 'v1', world);
    expect(world.registryHas).toBe(registryHas);
    expect([...world.labels].toSorted()).toEqual([
      ['AWSCURRENT', 'v1'],
      ['AWSPREVIOUS', 'v0'],
    ]);
  });

  test('a secret that may have reached the registry is not made anew', async () => {
    world.break = { at: 6, when: 'after' };
    await expect(world.rotateTo('v1')).rejects.toThrow('crashed');
    const { registryHas } = world;
    await world.rotateTo('v1');
    expect(world.registryHas).toBe(registryHas);
  });
});

test('a registry that is away for days fails the rotation, and its old secret is taken for a day after it', async () => {
  world.registryIsAway = true;
  await expect(world.rotateTo('v1', 3)).rejects.toThrow('registry cannot be reached');
  world.now += 10 * GRACE_SECONDS;
  expect(await world.takes('generated')).toBe(true);
  world.registryIsAway = false;
  await world.rotateTo('v1');
  world.now += GRACE_SECONDS - 10;
  expect(await world.takes('generated')).toBe(true);
  world.now += 10;
  expect(await world.takes('generated')).toBe(false);
});

test('a test delivery that is refused fails the rotation; one that nobody answers does not', async () => {
  world.testAnswer = 401;
  await expect(world.rotateTo('v1')).rejects.toThrow('401');
  expect(world.labels.get('AWSCURRENT')).toBe('v0');
  world.testAnswer = undefined;
  await world.rotateTo('v1');
  expect(world.labels.get('AWSCURRENT')).toBe('v1');
});

test.each(STEPS)('%s of a version that is pending no more changes nothing', async (step) => {
  await world.rotateTo('v1');
  await world.rotateTo('v2');
  const { registryHas } = world;
  for (const late of ['v1', 'v0', 'nobody']) {
    await expect(rotate(step, late, world)).rejects.toThrow('not pending');
  }
  expect(world.registryHas).toBe(registryHas);
  expect(world.labels.get('AWSCURRENT')).toBe('v2');
});

test('a value that somebody puts afterwards is the newest, and the next rotation goes on from it', async () => {
  await world.rotateTo('v1');
  world.versions.set('by-hand', { createdAt: world.now, value: 'mine' });
  world.labels.set('AWSPREVIOUS', 'v1').set('AWSCURRENT', 'by-hand');
  expect(world.newest()).toBe('mine');
  await world.rotateTo('v2');
  expect([...world.labels].toSorted()).toEqual([
    ['AWSCURRENT', 'v2'],
    ['AWSPREVIOUS', 'by-hand'],
  ]);
});

test.each(['setSecret', 'finishSecret'] as const)('%s without a value changes nothing', async (step) => {
  world.versions.set('v1', { createdAt: world.now });
  world.labels.set('AWSPENDING', 'v1');
  await expect(rotate(step, 'v1', world)).rejects.toThrow('no value');
  expect([world.registryHas, world.labels.get('AWSCURRENT')]).toEqual(['generated', 'v0']);
});

test('an enrolment that handed the old secret on between the steps, and ended there, is made up for', async () => {
  for (const step of STEPS) {
    if (step === 'createSecret') {
      world.versions.set('v1', { createdAt: world.now });
      world.labels.set('AWSPENDING', 'v1');
    }
    if (step === 'finishSecret') {
      world.registryHas = 'generated';
    }
    await rotate(step, 'v1', world);
  }
  expect(world.registryHas).toBe(world.at('AWSCURRENT')?.value);
});

test('however enrolments and a rotation meet, no delivery is dropped and the registry ends with the current secret', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, enrolments) => {
      const meeting = new RotationWorld();
      const registry = scheduler.scheduleFunction(meeting.renewWebhooks);
      const enrol = () =>
        withNewest(
          scheduler.scheduleFunction(async () => meeting.newest()),
          registry,
        );
      const rotation = async () => {
        for (const step of STEPS) {
          await scheduler.schedule(Promise.resolve(), step);
          await rotate(step, 'v1', { ...meeting, renewWebhooks: registry });
        }
      };
      meeting.versions.set('v1', { createdAt: meeting.now });
      meeting.labels.set('AWSPENDING', 'v1');
      await scheduler.waitFor(Promise.all([rotation(), ...Array.from({ length: enrolments }, enrol)]));
      expect(meeting.registryHas).toBe(meeting.at('AWSCURRENT')?.value);
      expect(meeting.labels.get('AWSCURRENT')).toBe('v1');
    }),
    { numRuns: 300 },
  );
});
