import { ROUND_MAX } from '../../../lambda/plan/round';
import { RefusedError } from '../../../lambda/shared/errors';
import { supersededAt } from '../../../lambda/shared/packages/superseded';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';
import { PlanWorld, SUPERSEDED_MS, WAIT_MS } from '../../support/plan-world';
import { modelPackage, modelVersion } from '../../support/versions';

/** Syncs until there is nothing to do. */
async function settle(world: PlanWorld): Promise<void> {
  for (let syncs = 0; syncs < 5; syncs++) {
    const planned = await world.plan();
    world.carryOut(planned);
    if (planned.create.length + planned.update.length + planned.delete.length === 0) {
      return;
    }
  }
  throw new Error('does not come to rest');
}

async function settled(...versions: ModelVersion[]): Promise<PlanWorld> {
  const world = new PlanWorld();
  world.versions = versions;
  await settle(world);
  world.described = 0;
  return world;
}

const staged = modelVersion({ stage: 'Staging' });

test('a model that did not change is not looked into, whatever its number of packages', async () => {
  for (const count of [0, 1, 60]) {
    const versions = Array.from({ length: count }, (_, index) =>
      modelVersion({ ...staged, version: String(index + 1) }),
    );
    const world = await settled(...versions);
    expect(await world.plan()).toEqual({
      groupName: 'churn',
      create: [],
      refused: [],
      update: [],
      delete: [],
      kept: count,
      left: 0,
      looked: false,
    });
    expect(world.described).toBe(0);
  }
});

test.each<[string, (world: PlanWorld) => void]>([
  ['a version was promoted', (world) => world.versions.push(modelVersion({ version: '2', aliases: ['production'] }))],
  [
    'a version changed its stage',
    (world) => {
      world.versions = [modelVersion({ stage: 'Production' })];
    },
  ],
  [
    'a version got an alias',
    (world) => {
      world.versions = [{ ...staged, aliases: ['champion'] }];
    },
  ],
  [
    'a version got a tag',
    (world) => {
      world.versions = [{ ...staged, tags: { team: 'risk' } }];
    },
  ],
  [
    'a version was described',
    (world) => {
      world.versions = [{ ...staged, description: 'better' }];
    },
  ],
  [
    'a version was made anew',
    (world) => {
      world.versions = [{ ...staged, creationTimestamp: 1 }];
    },
  ],
  [
    'a version was archived',
    (world) => {
      world.versions = [modelVersion({ stage: 'Archived' })];
    },
  ],
  [
    'all versions are gone',
    (world) => {
      world.versions = [];
    },
  ],
  [
    "an image was put in place of AWS's",
    (world) => {
      world.overrides = { sklearn: 'mine' };
    },
  ],
  [
    'a new release plans',
    (world) => {
      world.revision = 'two';
    },
  ],
  [
    'the model is enrolled no more',
    (world) => {
      world.enrolled = false;
    },
  ],
  ['a package came', (world) => world.add(modelPackage(9, {}))],
  [
    'a package went',
    (world) => {
      world.packages = [];
    },
  ],
  [
    'a package failed',
    (world) => {
      world.packages = world.packages.map((one) => ({ ...one, status: 'Failed' }));
    },
  ],
  [
    'a package was made anew under its ARN',
    (world) => {
      world.packages = world.packages.map((one) => ({ ...one, creationTime: 7, metadata: {} }));
    },
  ],
  [
    'a day passed',
    (world) => {
      world.now += 24 * 60 * 60 * 1000;
    },
  ],
  [
    'somebody asks for it',
    (world) => {
      world.ledger = { revision: world.ledger.revision + 1 };
    },
  ],
])('it is looked into when %s', async (_what, change) => {
  const world = await settled(staged);
  change(world);
  expect(await world.plan()).toMatchObject({ looked: true });
});

test('what is not promoted does not count', async () => {
  const world = await settled(staged);
  world.versions.push(modelVersion({ version: '2', tags: { any: 'thing' } }));
  expect(await world.plan()).toMatchObject({ looked: false });
});

test('a model that went to another state and came back is looked into, since its packages did not come back by themselves', async () => {
  const world = await settled(staged);
  world.versions = [{ ...staged, description: 'for a moment' }];
  world.carryOut(await world.plan());
  world.versions = [staged];
  const planned = await world.plan();
  expect(planned).toMatchObject({ looked: true, update: [{ version: '1' }] });
});

test('also when the sync ended between the change of a package and its word to the ledger', async () => {
  const world = await settled(staged);
  world.versions = [{ ...staged, description: 'for a moment' }];
  world.carryOut(await world.plan(), 1);
  world.versions = [staged];
  expect(await world.plan()).toMatchObject({ looked: true, update: [{ version: '1' }] });
});

test('an entry is not written if it was struck while everything was read', async () => {
  const world = await settled(staged);
  world.now += 24 * 60 * 60 * 1000;
  const planning = world.plan();
  world.ledger = { revision: world.ledger.revision + 1 };
  const planned = await planning;
  expect(planned).toMatchObject({ looked: true });
  world.carryOut(planned);
  expect(world.ledger.verified).toBeUndefined();
});

test('a model that was found in order is looked into again until a sync has told of it', async () => {
  const world = await settled(staged);
  world.ledger = { revision: world.ledger.revision + 1 };
  for (let syncs = 0; syncs < 2; syncs++) {
    expect(await world.plan()).toMatchObject({ looked: true, entry: { revision: world.ledger.revision, kept: 1 } });
  }
  world.carryOut(await world.plan());
  expect(await world.plan()).toMatchObject({ looked: false });
});

test('the entry of a sync that tells late is not written if another one planned an action meanwhile', async () => {
  const world = await settled(staged);
  world.ledger = { revision: world.ledger.revision + 1 };
  const late = await world.plan();
  world.versions = [{ ...staged, description: 'for a moment' }];
  world.carryOut(await world.plan(), 0);
  world.carryOut(late);
  world.versions = [staged];
  expect(await world.plan()).toMatchObject({ looked: true });
});

test('a round does so much, says how much is left, and the rounds after it do the rest', async () => {
  const world = new PlanWorld();
  world.versions = Array.from({ length: 250 }, (_, index) => modelVersion({ ...staged, version: String(index + 1) }));
  const rounds: number[][] = [];
  for (let left = 1; left > 0; ) {
    const planned = await world.plan();
    expect(planned.create.length + planned.update.length + planned.delete.length).toBeLessThanOrEqual(ROUND_MAX);
    world.carryOut(planned);
    left = planned.left;
    rounds.push([planned.create.length, left]);
  }
  expect(rounds.map(([created]) => created)).toEqual([100, 100, 50]);
  expect(rounds.at(-1)).toEqual([50, 0]);
  expect(world.packages).toHaveLength(250);
});

test('what was planned and not done is planned again', async () => {
  const world = new PlanWorld();
  world.versions = [staged];
  for (let syncs = 0; syncs < 2; syncs++) {
    expect(await world.plan()).toMatchObject({ looked: true, create: [{ version: '1' }] });
  }
});

test('a version that cannot be packaged is refused, and the others are created', async () => {
  const world = new PlanWorld();
  world.versions = ['1', '2', '3', '4'].map((version) => modelVersion({ ...staged, version }));
  world.prepare = (version) => {
    if (version === '1') {
      throw new RefusedError('no MLmodel');
    }
  };
  expect(await world.plan()).toMatchObject({
    create: [{ version: '2' }, { version: '3' }, { version: '4' }],
    refused: [{ action: 'create', outcome: 'failed', version: '1', reason: 'no MLmodel' }],
  });
});

describe('packages of versions that MLflow does not list', () => {
  test('stay and start a clock, while those of archived versions are deleted', async () => {
    const world = await settled(staged, modelVersion({ ...staged, version: '2' }));
    world.versions = [modelVersion({ stage: 'Archived' })];
    const deletesAt = new Date(world.now + WAIT_MS).toISOString();
    expect(await world.plan()).toMatchObject({
      delete: [{ packageArn: expect.stringMatching(/\/1$/) }],
      refused: [{ action: 'delete', outcome: 'blocked', version: '2', deletesAt }],
    });
    expect(world.ledger.absences).toEqual({ 2: world.now });
  });

  test('are looked at each time, so that a version that appears again resets its clock', async () => {
    const world = await settled(staged);
    world.versions = [];
    for (let looks = 0; looks < 2; looks++) {
      expect(await world.plan()).toMatchObject({ looked: true });
    }
    world.versions = [staged];
    world.carryOut(await world.plan());
    expect(world.ledger).not.toHaveProperty('absences');
  });

  test('leave no confirmation behind if there are none', async () => {
    const world = await settled(staged);
    world.ledger = { revision: world.ledger.revision + 1, confirmedUntil: world.now + 1 };
    await world.plan();
    expect(world.ledger).not.toHaveProperty('confirmedUntil');
  });
});

describe('a superseded package', () => {
  const DAYS_MS = 2 * SUPERSEDED_MS + 60 * 60 * 1000;

  async function replaced(): Promise<PlanWorld> {
    const world = await settled(staged);
    world.revision = 'two';
    world.succeededRun = world.now - 1;
    await settle(world);
    expect(world.packages).toHaveLength(2);
    return world;
  }

  test('stays while no run that began after it was superseded has succeeded', async () => {
    const world = await replaced();
    world.now += DAYS_MS;
    expect(await world.plan()).toMatchObject({ delete: [], kept: 2, looked: true });
    world.succeededRun = undefined;
    expect(await world.plan()).toMatchObject({ delete: [], kept: 2 });
  });

  test('stays for a day, also if a run has succeeded', async () => {
    const world = await replaced();
    world.succeededRun = world.now + 1;
    world.now += SUPERSEDED_MS - 1;
    // Another version is promoted, so the model is looked into.
    world.versions.push(modelVersion({ version: '2', aliases: ['production'] }));
    expect(await world.plan()).toMatchObject({ create: [{ version: '2' }], delete: [], kept: 2 });
  });

  test('is deleted after both', async () => {
    const world = await replaced();
    const [old, current] = world.packages.map(({ arn }) => arn);
    world.succeededRun = world.now + 1;
    world.now += DAYS_MS;
    expect(await world.plan()).toMatchObject({ delete: [{ packageArn: old }], kept: 1 });
    await settle(world);
    expect(world.packages.map(({ arn }) => arn)).toEqual([current]);
  });
});

describe('after an upgrade with another rule for images', () => {
  const versionsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => modelVersion({ ...staged, version: String(index + 1) }));

  /** A model in order, and then another rule, for which the image of the versions in `others` is another one. */
  async function upgraded(count: number, others: readonly string[] = []): Promise<PlanWorld> {
    const world = await settled(...versionsOf(count));
    world.imageRule = '2';
    world.chosenImage = ({ version }) => (others.includes(version) ? 'another image' : 'image');
    return world;
  }

  test('packages that it confirms only get its metadata, the others are replaced', async () => {
    const world = await upgraded(3, ['2']);
    const planned = await world.plan();
    expect(planned.create).toEqual([{ version: '2', replaces: world.packages[1]?.arn, supersedes: true }]);
    expect(planned.update.map(({ version, metadata }) => [version, metadata?.mlflow_mlops_image_rule])).toEqual([
      ['1', '2'],
      ['3', '2'],
    ]);
    const [first, , third] = world.packages.map(({ arn }) => arn);
    world.carryOut(planned);
    expect(world.packages.map(({ arn }) => arn)).toEqual(expect.arrayContaining([first, third]));
    const deployable = world.packages.filter(({ metadata }) => supersededAt(metadata) === undefined);
    expect(deployable.map(({ metadata }) => metadata.mlflow_mlops_image_rule)).toEqual(['2', '2', '2']);
    await settle(world);
  });

  test('each version is looked into once, also one that is replaced', async () => {
    const world = await upgraded(3, ['2']);
    const looked: string[] = [];
    world.prepare = (version) => void looked.push(version);
    await world.plan();
    expect(looked.sort()).toEqual(['1', '2', '3']);
  });

  test('a round confirms so many, and the rounds after it the others, while all of them serve', async () => {
    const world = await upgraded(250);
    const packages = world.packages.map(({ arn }) => arn).sort();
    const rounds: number[] = [];
    for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
      const planned = await world.plan();
      expect([planned.create, planned.delete]).toEqual([[], []]);
      world.carryOut(planned);
      rounds.push(planned.update.length);
      left = planned.left;
    }
    expect(rounds.every((updates) => updates <= ROUND_MAX)).toBe(true);
    expect(rounds.reduce((sum, updates) => sum + updates)).toBe(250);
    expect(world.packages.map(({ arn }) => arn).sort()).toEqual(packages);
    await settle(world);
  });

  test('an approved package that it confirms needs no new approval', async () => {
    const world = await upgraded(1);
    world.manual = new Set(['Staging']);
    const planned = await world.plan();
    expect([planned.create.length, planned.update.length]).toEqual([0, 1]);
  });

  test('a version that cannot be read keeps its package, and the model is looked into by the next sync', async () => {
    const world = await upgraded(1);
    world.prepare = () => {
      throw new Error('503');
    };
    const planned = await world.plan();
    expect(planned).toMatchObject({ create: [], update: [], delete: [], kept: 1, left: 0, looked: true });
    expect(planned.entry).toBeUndefined();
  });

  test('a version that cannot be deployed any more keeps its package, with the reason', async () => {
    const world = await upgraded(1);
    world.prepare = () => {
      throw new RefusedError('no image');
    };
    const planned = await world.plan();
    expect(planned).toMatchObject({ create: [], update: [], delete: [], refused: [{ reason: 'no image' }] });
  });
});
