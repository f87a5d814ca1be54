import { type RotationEffects, rotate, STEPS } from '../../../lambda/rotate/rotate';
import { openKeyring } from '../../../lambda/webhook/keyring';

const DAY = 24 * 60 * 60;
/** Effects of a rotation that nothing breaks. */
const EFFECTS = 12;

/** Secrets Manager's stages of one secret, and a registry that signs with the secret that it was last given. */
class World implements RotationEffects {
  now = 1_000_000;
  readonly values = new Map([['v0', 'generated']]);
  readonly createdAt = new Map([['v0', 0]]);
  readonly labels = new Map([['AWSCURRENT', 'v0']]);
  registryHas = 'generated';
  /** How often the registry answers before it stops answering. */
  answers = Number.POSITIVE_INFINITY;
  /** The effect that crashes, counted from 0, before or after it happened. */
  crash: { readonly at: number; readonly when: 'before' | 'after' } | undefined;
  effects = 0;

  at(stage: string): string | undefined {
    return this.values.get(this.labels.get(stage) ?? '');
  }

  /** What a new receiver accepts. */
  accepted(): Promise<readonly string[]> {
    const version = (stage: string) => {
      const id = this.labels.get(stage) ?? '';
      return { id, value: this.values.get(id) ?? '', createdAt: this.createdAt.get(id) ?? 0 };
    };
    return openKeyring({
      current: async () => version('AWSCURRENT'),
      previous: async () => (this.labels.has('AWSPREVIOUS') ? version('AWSPREVIOUS') : undefined),
      now: () => this.now,
    })();
  }

  /** Labels an empty version, as RotateSecret does. */
  begin(versionId: string): void {
    this.labels.set('AWSPENDING', versionId);
  }

  /** Does all four steps, as RotateSecret does. */
  async rotateTo(versionId: string): Promise<void> {
    if (!this.values.has(versionId)) {
      this.begin(versionId);
    }
    for (const step of STEPS) {
      await rotate(step, versionId, this);
    }
  }

  stages = () =>
    this.effect(() => {
      const stages: Record<string, string[]> = {};
      for (const [stage, id] of this.labels) {
        stages[id] = [...(stages[id] ?? []), stage];
      }
      return stages;
    });
  value = (versionId: string) => this.effect(() => this.values.get(versionId));
  putPending = (versionId: string, value: string) =>
    this.effect(() => {
      if (this.values.has(versionId)) {
        throw new Error('ResourceExistsException');
      }
      this.values.set(versionId, value);
      this.createdAt.set(versionId, this.now);
    });
  renewWebhooks = (secret: string) =>
    this.effect(() => {
      if (this.answers-- === 0) {
        throw new Error('registry cannot be reached');
      }
      this.registryHas = secret;
    });
  promote = (versionId: string, from: string) =>
    this.effect(() => {
      if (this.labels.get('AWSCURRENT') !== from) {
        throw new Error('InvalidParameterException');
      }
      this.labels.set('AWSCURRENT', versionId).set('AWSPREVIOUS', from);
    });
  unlabel = (versionId: string) =>
    this.effect(() => {
      if (this.labels.get('AWSPENDING') !== versionId) {
        throw new Error('InvalidParameterException');
      }
      this.labels.delete('AWSPENDING');
    });

  /** The registry never signs with a secret that a new receiver refuses. */
  private async effect<T>(act: () => T): Promise<T> {
    const crash = this.effects++ === this.crash?.at ? this.crash.when : undefined;
    if (crash === 'before') {
      throw new Error('crashed');
    }
    const result = act();
    expect(await this.accepted()).toContain(this.registryHas);
    if (crash === 'after') {
      throw new Error('crashed');
    }
    return result;
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

test('a rotation makes a new secret the current one and gives it to the registry', async () => {
  await world.rotateTo('v1');
  expect(world.at('AWSCURRENT')).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(world.registryHas).toBe(world.at('AWSCURRENT'));
  expect(world.at('AWSPREVIOUS')).toBe('generated');
  expect(world.labels.has('AWSPENDING')).toBe(false);
  expect(world.effects).toBe(EFFECTS);
});

test('no two secrets are the same', async () => {
  const secrets = new Set<string>();
  for (let number = 1; number <= 50; number++) {
    await world.rotateTo(`v${number}`);
    secrets.add(world.registryHas);
  }
  expect(secrets.size).toBe(50);
});

test('receivers accept the last two secrets, and a day later the current one alone', async () => {
  const secrets = [world.registryHas];
  for (const id of ['v1', 'v2', 'v3']) {
    await world.rotateTo(id);
    secrets.push(world.registryHas);
  }
  expect(await world.accepted()).toEqual([secrets[3], secrets[2]]);
  world.now += DAY;
  expect(await world.accepted()).toEqual([secrets[3]]);
});

describe('wherever a rotation stops', () => {
  const crashes = Array.from({ length: EFFECTS }, (_, at) => at).flatMap((at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]);

  test.each(crashes)('effect $at, $when it: the next attempt completes it with the same secret', async (crash) => {
    world.crash = crash;
    await expect(world.rotateTo('v1')).rejects.toThrow('crashed');
    const made = world.values.get('v1');
    await world.rotateTo('v1');
    expect(world.registryHas).toBe(made ?? world.registryHas);
    expect(world.registryHas).toBe(world.at('AWSCURRENT'));
    expect([...world.labels].toSorted()).toEqual([
      ['AWSCURRENT', 'v1'],
      ['AWSPREVIOUS', 'v0'],
    ]);
  });

  test.each(STEPS)('%s can be repeated after the end', async (step) => {
    await world.rotateTo('v1');
    const { registryHas } = world;
    await rotate(step, 'v1', world);
    expect(world.registryHas).toBe(registryHas);
    expect(world.labels.get('AWSCURRENT')).toBe('v1');
  });
});

test('a registry that does not let webhooks be changed keeps its secret, which stays the current one', async () => {
  world.answers = 0;
  await expect(world.rotateTo('v1')).rejects.toThrow('registry cannot be reached');
  world.now += 10 * DAY;
  expect(await world.accepted()).toEqual(['generated']);
  world.answers = Number.POSITIVE_INFINITY;
  await world.rotateTo('v1');
  expect(await world.accepted()).toEqual([world.registryHas, 'generated']);
});

test('a registry that stops answering before it gets the new secret can sign with the previous one for a day', async () => {
  world.answers = 1;
  await expect(world.rotateTo('v1')).rejects.toThrow('registry cannot be reached');
  expect(world.registryHas).toBe('generated');
  world.now += DAY - 1;
  expect(await world.accepted()).toContain('generated');
  world.answers = Number.POSITIVE_INFINITY;
  await world.rotateTo('v1');
  expect(world.registryHas).toBe(world.at('AWSCURRENT'));
});

test('a webhook that an enrollment gave the previous secret gets the current one by the next rotation', async () => {
  await world.rotateTo('v1');
  world.registryHas = 'generated';
  world.begin('v2');
  await rotate('createSecret', 'v2', world);
  expect(world.registryHas).toBe(world.at('AWSCURRENT'));
});

test.each(STEPS)('%s of a version that is not pending changes nothing', async (step) => {
  await world.rotateTo('v1');
  await world.rotateTo('v2');
  const { registryHas } = world;
  for (const late of ['v1', 'v0', 'unknown']) {
    await expect(rotate(step, late, world)).rejects.toThrow('not pending');
  }
  expect(world.registryHas).toBe(registryHas);
  expect(world.labels.get('AWSCURRENT')).toBe('v2');
});

test('the next rotation replaces a value that a person set', async () => {
  await world.rotateTo('v1');
  world.values.set('by-hand', 'mine');
  world.createdAt.set('by-hand', world.now);
  world.labels.set('AWSPREVIOUS', 'v1').set('AWSCURRENT', 'by-hand');
  await world.rotateTo('v2');
  expect([...world.labels].toSorted()).toEqual([
    ['AWSCURRENT', 'v2'],
    ['AWSPREVIOUS', 'by-hand'],
  ]);
});

test('finishSecret without a value changes nothing', async () => {
  world.begin('v1');
  await expect(rotate('finishSecret', 'v1', world)).rejects.toThrow('no value');
  expect([world.registryHas, world.labels.get('AWSCURRENT')]).toEqual(['generated', 'v0']);
});
