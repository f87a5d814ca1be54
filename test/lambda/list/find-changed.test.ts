import fc from 'fast-check';
import { findChanged } from '../../../lambda/list/find-changed';
import type { ModelList } from '../../../lambda/shared/contracts';
import { RefusedError, TransientError } from '../../../lambda/shared/errors';
import { LateError, RegistryError, TooLargeError } from '../../../lambda/shared/registry/http/failure';
import { packageOf, RegistriesWorld } from '../../support/registries-world';
import { modelVersion } from '../../support/versions';

/** Calls the step until it is through, as the state machine does. */
async function search(world: RegistriesWorld, verify = false): Promise<{ list: ModelList; invocations: number }> {
  let list: ModelList = { kind: 'unfinished', part: 0 };
  let invocations = 0;
  while (list.kind === 'unfinished') {
    invocations += 1;
    list = await findChanged({ execution: 'all', verify, part: list.part }, world.effects());
  }
  return { list, invocations };
}

/** More models than are asked for one by one, all found in order. */
function manyModels(count = 130): RegistriesWorld {
  const world = new RegistriesWorld();
  for (let index = 0; index < count; index++) {
    world.add(index % 3 === 0 ? `Model ${index}` : `model-${index}`);
  }
  world.verify(...world.enrolled);
  return world;
}

const NAME = 'model-1';
function model(world: RegistriesWorld) {
  const found = world.models.get(NAME);
  if (found === undefined) {
    throw new Error(`no model ${NAME}`);
  }
  return found;
}

test('nothing changed: nothing is to be synced, and only pages were read', async () => {
  const world = manyModels();
  const { list } = await search(world);
  expect(list).toMatchObject({ kind: 'many', enrolled: 130, changed: 0 });
  expect(world.calls).toEqual({
    models: Math.ceil(130 / 7),
    versions: Math.ceil(390 / 7),
    packages: Math.ceil(390 / 7),
  });
});

test.each<[string, (world: RegistriesWorld) => void]>([
  [
    'a version was promoted',
    (world) => model(world).versions.push(modelVersion({ name: NAME, version: '4', stage: 'Production' })),
  ],
  [
    'a version was archived',
    (world) => {
      model(world).versions[1] = modelVersion({ name: NAME, version: '2', stage: 'Archived' });
    },
  ],
  [
    'an alias came',
    (world) => {
      model(world).aliases['3'] = ['staging'];
    },
  ],
  [
    'an alias of a promoted version went',
    (world) => {
      model(world).aliases = {};
    },
  ],
  [
    'the model got a tag',
    (world) => {
      model(world).tags.more = 'x';
    },
  ],
  [
    'a version got a tag',
    (world) => {
      model(world).versions[1] = modelVersion({ name: NAME, version: '2', stage: 'Staging', tags: { a: 'b' } });
    },
  ],
  ['the model is gone', (world) => world.models.delete(NAME)],
  ['a package came', (world) => model(world).packages.push(packageOf(NAME, '9'))],
  ['a package went', (world) => model(world).packages.pop()],
  ['nobody ever looked at it', (world) => world.ledger.delete(NAME)],
  [
    'it is a day since somebody looked at it',
    (world) => {
      const entry = world.ledger.get(NAME);
      if (entry) world.ledger.set(NAME, { ...entry, verifiedAt: world.now - 24 * 60 * 60 * 1000 });
    },
  ],
])('the one model is found when %s', async (_what, change) => {
  for (const world of [manyModels(), manyModels(5)]) {
    change(world);
    const { list } = await search(world);
    expect(list).toMatchObject({ kind: 'many', changed: 1 });
    expect(world.listed).toEqual([NAME]);
  }
});

test('what is not enrolled, or not promoted, does not count', async () => {
  const world = manyModels();
  world.add('stranger', 20);
  world.enrolled.pop();
  model(world).versions.push(modelVersion({ name: NAME, version: '4' }));
  model(world).versions[2] = modelVersion({ name: NAME, version: '3', description: 'not promoted' });
  expect((await search(world)).list).toMatchObject({ enrolled: 130, changed: 0 });
});

test('few models are asked for one by one, however many more the registries hold', async () => {
  const world = manyModels(300);
  world.enrolled = world.enrolled.slice(0, 20);
  await search(world);
  expect(world.calls).toEqual({ versionsOf: 20, packagesOf: 20 });
});

test('a registry that lists no versions without a name is asked for each model', async () => {
  const world = manyModels();
  world.beforeVersions = () => {
    throw new RegistryError('a filter is needed', 400, 'INVALID_PARAMETER_VALUE');
  };
  world.pagesAtOnce = 10;
  model(world).packages.pop();
  const { list } = await search(world);
  expect(list).toMatchObject({ changed: 1 });
  expect(world.calls.versionsOf).toBe(130);
});

test.each([
  ['a fault', new TransientError('503')],
  ['refused credentials', new RegistryError('denied', 401, 'DENIED')],
])('%s fails the search: half a listing would be taken for a change of everything', async (_what, error) => {
  const world = manyModels();
  world.beforeVersions = (token) => {
    if (token !== undefined || error.message === 'denied') {
      throw error;
    }
  };
  await expect(search(world)).rejects.toBe(error);
});

test.each([
  ['models', 'beforeModels'],
  ['versions', 'beforeVersions'],
] as const)(
  'where one item of the listing of %s is too large for a page, the enrolled models are asked for each',
  async (_what, before) => {
    for (const pagesAtOnce of [30, Number.POSITIVE_INFINITY]) {
      const world = manyModels();
      world.add('stranger', 20);
      world.enrolled.pop();
      world.pagesAtOnce = pagesAtOnce;
      world[before] = (token) => {
        if (token === '14') {
          throw new TooLargeError('answered more than 67108864 bytes');
        }
      };
      model(world).aliases['3'] = ['staging'];
      expect((await search(world)).list).toMatchObject({ enrolled: 130, changed: 1 });
      expect(world.listed).toEqual([NAME]);
      expect(world.calls.versionsOf).toBe(130);
    }
  },
);

describe('a model that cannot be read', () => {
  const denied = new RegistryError('denied', 403, 'DENIED');
  const large = new TooLargeError('answered more than 67108864 bytes');
  const unreadable = (world: RegistriesWorld, error: Error, names: readonly string[]) => {
    world.beforeVersionsOf = (name) => {
      if (names.includes(name)) {
        throw error;
      }
    };
  };

  test.each([
    ['may not be', denied],
    ['is too large', large],
    ['has an unknown shape', new RefusedError('model-versions/search answered in an unknown shape')],
    ['takes too long', new LateError('did not answer in full within 30 s')],
    ['is a fault of the registry', new TransientError('500')],
  ])('since it %s, is left to its own sync, and the others are compared', async (_why, error) => {
    const world = manyModels(20);
    unreadable(world, error, [NAME]);
    expect((await search(world)).list).toMatchObject({ enrolled: 20, changed: 1 });
    expect(world.listed).toEqual([NAME]);
    world.pagesAtOnce = 1;
    unreadable(world, error, world.enrolled);
    await expect(search(world)).rejects.toBe(error);
  });

  test.each([
    ['may not be', denied],
    ['is too large', large],
  ])('since it %s, may be one of very many', async (_why, error) => {
    const world = manyModels(100);
    const names = world.enrolled.toSorted().slice(7);
    unreadable(world, error, names);
    expect((await search(world)).list).toMatchObject({ enrolled: 100, changed: 93 });
    expect(world.listed).toEqual(names);
  });

  test('where none can be, and some may not be, is a fault that passes', async () => {
    const world = manyModels(5);
    const away = new TransientError('503');
    world.beforeVersionsOf = (name) => {
      throw name === world.enrolled.toSorted()[0] ? denied : away;
    };
    await expect(search(world)).rejects.toBe(away);
  });

  test('is one of a few, or the registry is at fault: an outage in the middle makes no syncs, and passes', async () => {
    const world = manyModels(100);
    const names = world.enrolled.toSorted();
    const away = new TransientError('cannot be reached');
    unreadable(world, away, names.slice(50));
    await expect(search(world)).rejects.toBe(away);
    unreadable(
      world,
      away,
      [3, 20, 40, 50, 60, 70, 80].map((at) => names[at] ?? ''),
    );
    expect((await search(world)).list).toMatchObject({ changed: 7 });
    unreadable(world, away, []);
    expect((await search(world)).list).toMatchObject({ changed: 0 });
  });
});

test('a listing without an end is refused', async () => {
  const world = manyModels();
  const effects = world.effects();
  const endless = {
    ...effects,
    registries: async () => {
      const { registries, context } = await effects.registries();
      return { context, registries: { ...registries, modelsPage: async () => ({ items: [], next: 'same' }) } };
    },
  };
  await expect(findChanged({ execution: 'all', verify: false, part: 0 }, endless)).rejects.toThrow(RefusedError);
});

test('where time runs out, the next invocation goes on, and the outcome is the same', async () => {
  for (const pagesAtOnce of [1, 5, 40]) {
    const world = manyModels();
    world.pagesAtOnce = pagesAtOnce;
    model(world).aliases['3'] = ['staging'];
    const { list, invocations } = await search(world);
    expect(invocations).toBeGreaterThan(1);
    expect(list).toMatchObject({ enrolled: 130, changed: 1 });
    expect(world.listed).toEqual([NAME]);
  }
});

test('versions that come or go while pages are read cost a sync too many, and hide no change for longer than a scan', async () => {
  const add = (world: RegistriesWorld) =>
    model(world).versions.unshift(modelVersion({ name: NAME, version: '9', stage: 'Staging' }));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 55 }), fc.boolean(), async (at, remove) => {
      const world = manyModels();
      let page = 0;
      world.beforeVersions = () => {
        if (page++ === at) {
          // Version 1 was promoted by its alias.
          remove ? model(world).versions.shift() : add(world);
        }
      };
      await search(world);
      world.beforeVersions = () => undefined;
      // Whatever the first scan took for changed was synced, and found in order.
      world.verify(...world.listed.filter((name) => name !== NAME));
      await search(world);
      expect(world.listed).toEqual([NAME]);
    }),
    { numRuns: 25 },
  );
});

test('a promoted version that the model names and no page has is looked for', async () => {
  const world = manyModels();
  // Found in order while nothing was promoted.
  Object.assign(model(world), { versions: [], aliases: {} });
  world.verify(NAME);
  model(world).versions.push(modelVersion({ name: NAME, version: '4', stage: 'Staging' }));
  const effects = world.effects();
  const blind = {
    ...effects,
    registries: async () => {
      const { registries, context } = await effects.registries();
      return { context, registries: { ...registries, versionsPage: async () => ({ items: [], next: undefined }) } };
    },
  };
  await findChanged({ execution: 'all', verify: false, part: 0 }, blind);
  expect(world.listed).toContain(NAME);
});

test('each execution has a name of its own and the input for one model', async () => {
  const world = manyModels();
  const long = 'the-same-long-beginning-of-two-names-of-models';
  world.add(`${long}-a`);
  world.add(`${long}-b`);
  await search(world);
  const items = JSON.parse(world.files.get('models.json') ?? '') as { name: string; input: unknown }[];
  expect(items.map(({ input }) => input)).toEqual([
    { modelName: `${long}-a`, fullSync: 'all' },
    { modelName: `${long}-b`, fullSync: 'all' },
  ]);
  expect(new Set(items.map(({ name }) => name)).size).toBe(2);
});

test('with verify all are synced, and their executions verify too', async () => {
  const world = manyModels();
  const { list } = await search(world, true);
  expect(list).toMatchObject({ enrolled: 130, changed: 130 });
  expect(world.files.get('models.json')).toContain('"verify":true');
  expect(world.calls).toEqual({});
});
