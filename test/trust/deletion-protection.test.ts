import fc from 'fast-check';
import { RefusedError } from '../../lambda/shared/errors';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import { decodeMetadataText } from '../../lambda/shared/packages/metadata-text';
import { sized, tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { ownedIn } from '../support/world/oracle';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

// A busy machine takes its time.
jest.setTimeout(1_800_000);

const HOUR = 60 * 60 * 1_000;
const WAIT = 72 * HOUR;
const MODELS = ['churn', 'ranker'] as const;
const VERSIONS = ['1', '2', '3'] as const;

let machine: Machine;
let seeds = 0;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

/** Models with three promoted versions each, and their packages. */
async function inOrder(): Promise<World> {
  const world = new World(machine, ++seeds);
  world.enrol(...MODELS);
  for (const name of MODELS) {
    for (const version of VERSIONS) {
      world.mlflow.register(name);
      world.mlflow.transition(name, version, 'Staging');
    }
  }
  await world.sync({});
  await world.sync({});
  return world;
}

function packagesOf(world: World, name: string): string[] {
  const numbers = ownedIn(world, groupNameOf(name)).map(({ metadata }) =>
    decodeMetadataText(metadata.mlflow_version ?? ''),
  );
  return numbers.sort();
}

type Event =
  | { readonly kind: 'archive' | 'delete'; readonly model: number; readonly version: number }
  | { readonly kind: 'deleteModel' | 'restore'; readonly model: number }
  | { readonly kind: 'registry'; readonly state: 'up' | 'failing' | 'empty' }
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'sync'; readonly model: number | 'all'; readonly confirm: boolean };

const model = fc.nat(MODELS.length - 1);
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('archive' as const, 'delete' as const, 'delete' as const),
      model,
      version: fc.nat(VERSIONS.length - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('deleteModel' as const, 'restore' as const), model }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('registry' as const),
      state: fc.constantFrom('up' as const, 'up' as const, 'failing' as const, 'empty' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('hours' as const), hours: fc.constantFrom(1, 35, 71, 72) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('sync' as const),
      model: fc.oneof(model, fc.constant('all' as const)),
      confirm: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    }),
  },
);

/**
 * What deletion protection promises, by the events alone: which versions have a package, and since when each look found a version
 * absent. It knows nothing of tables and state machines.
 */
class Promised {
  private readonly packages = new Map<string, Map<string, { absentSince?: number }>>();

  constructor() {
    for (const name of MODELS) {
      this.packages.set(name, new Map(VERSIONS.map((version) => [version, {}])));
    }
  }

  /** A look at a model that could read its registry. */
  look(world: World, name: string, empty: boolean, confirmed: boolean): void {
    const packages = this.packages.get(name) ?? new Map();
    const versions = new Map(world.mlflow.versionsOf(name).map(({ version, stage }) => [version, stage]));
    for (const [version, stage] of empty ? [] : versions) {
      if (stage === 'Staging' && !packages.has(version)) {
        packages.set(version, {});
      }
    }
    for (const [version, state] of packages) {
      const stage = empty ? undefined : versions.get(version);
      if (stage === 'Staging') {
        delete state.absentSince;
      } else if (stage !== undefined || confirmed) {
        packages.delete(version);
      } else if (!empty) {
        state.absentSince ??= world.now;
        if (world.now - state.absentSince >= WAIT) {
          packages.delete(version);
        }
      }
    }
  }

  of(name: string): string[] {
    return [...(this.packages.get(name)?.keys() ?? [])].sort();
  }
}

test('whatever happens, a package goes when its version is archived, confirmed, or absent at each look for 72 hours', async () => {
  const runs = sized(60, 3_000);
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 5, maxLength: 25 }), async (events) => {
      const world = await inOrder();
      const promised = new Promised();
      const backup = structuredClone(world.mlflow.models);
      let registry: 'up' | 'failing' | 'empty' = 'up';
      world.outside.refuse = ({ what }) => {
        if (registry === 'failing' && what.startsWith('registry.')) {
          throw new RefusedError('not now');
        }
      };
      const sync = async (modelName: string | undefined, confirm: boolean) => {
        const empty = registry === 'empty' || world.mlflow.models.size === 0;
        const ended = await world.sync({
          ...(modelName === undefined ? {} : { modelName }),
          ...(confirm ? { confirmDeletions: true } : {}),
        });
        if (registry === 'failing') {
          expect(ended.status).toBe('FAILED');
        } else {
          for (const name of modelName === undefined ? MODELS : [modelName]) {
            promised.look(world, name, empty, confirm);
          }
        }
        if (confirm) {
          // A confirmation is valid for a while, also for a later sync.
          world.pass(HOUR);
        }
      };
      for (const event of events) {
        switch (event.kind) {
          case 'archive':
            world.mlflow.transition(MODELS[event.model] ?? '', VERSIONS[event.version] ?? '', 'Archived');
            break;
          case 'delete':
            world.mlflow.deleteVersion(MODELS[event.model] ?? '', VERSIONS[event.version] ?? '');
            break;
          case 'deleteModel':
            world.mlflow.deleteModel(MODELS[event.model] ?? '');
            break;
          case 'restore': {
            const name = MODELS[event.model] ?? '';
            const model = structuredClone(backup.get(name));
            if (model !== undefined) {
              world.mlflow.models.set(name, model);
            }
            break;
          }
          case 'registry':
            registry = event.state;
            world.mlflow.stale = registry === 'empty' ? new Map() : undefined;
            break;
          case 'hours':
            world.pass(event.hours * HOUR);
            break;
          default:
            await sync(event.model === 'all' ? undefined : MODELS[event.model], event.confirm);
        }
        if (event.kind === 'hours' || event.kind === 'registry') {
          // The schedule looks at everything.
          await sync(undefined, false);
        }
        for (const name of MODELS) {
          expect([name, packagesOf(world, name)]).toEqual([name, promised.of(name)]);
        }
      }
    }),
    { numRuns: runs },
  );
  tried('deletion-protection', runs);
});

test('a full sync says which models are blocked and until when, does everything else, and is no failure', async () => {
  const world = await inOrder();
  world.mlflow.deleteModel('churn');
  world.mlflow.deleteVersion('ranker', '1');
  world.mlflow.transition('ranker', '2', 'Archived');
  world.enrol('fraud');
  world.mlflow.transition('fraud', world.mlflow.register('fraud'), 'Staging');
  const deletesAt = () => expect.stringMatching(/^2030-01-05T/);
  expect(await world.sync({})).toMatchObject({
    status: 'SUCCEEDED',
    output: {
      outcome: 'blocked',
      ...{ enrolled: 3, changed: 3, synced: 1, blocked: 2, failed: 0 },
      blockedModels: [
        { modelName: 'churn', packages: 3, deletesAt: deletesAt() },
        { modelName: 'ranker', packages: 1, deletesAt: deletesAt() },
      ],
    },
  });
  expect(['churn', 'ranker', 'fraud'].map((name) => packagesOf(world, name))).toEqual([
    ['1', '2', '3'],
    ['1', '3'],
    ['1'],
  ]);
  expect(await world.sync({ modelName: 'ranker' })).toMatchObject({
    status: 'SUCCEEDED',
    output: {
      outcome: 'blocked',
      blocked: 1,
      deletesAt: deletesAt(),
      failures: [{ outcome: 'blocked', version: '1' }],
    },
  });
  tried('deletion-protection', 1);
});

test('a confirmation is valid for a quarter of an hour', async () => {
  const world = await inOrder();
  expect(await world.sync({ confirmDeletions: true })).toMatchObject({ output: { outcome: 'synced' } });
  world.mlflow.deleteVersion('churn', '1');
  world.pass(HOUR);
  expect(await world.sync({})).toMatchObject({ output: { outcome: 'blocked' } });
  expect(packagesOf(world, 'churn')).toEqual(VERSIONS);
  tried('deletion-protection', 1);
});
