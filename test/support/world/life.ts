import fc from 'fast-check';
import { untold } from './oracle';
import type { World } from './world';

/** Something that happens: people at the registry, hints and schedules, or time. */
export type Event =
  | {
      readonly kind: 'people';
      readonly act: string;
      readonly model: number;
      readonly version: number;
      readonly hint: boolean;
    }
  | { readonly kind: 'sync'; readonly model: number | 'all'; readonly verify: boolean }
  /** As many calls of what runs are answered before the next event. */
  | { readonly kind: 'turns'; readonly turns: number }
  | { readonly kind: 'hours'; readonly hours: number };

export const MODELS = ['churn', 'Churn', 'team a.ranker'] as const;

const ECR = '111111111111.dkr.ecr.us-east-1.amazonaws.com';

/** What people do; most of it promotes, since all else needs something that is promoted. */
const ACTS: Readonly<Record<string, (world: World, name: string, version: string, other: string) => void>> = {
  register: ({ mlflow }, name) => void mlflow.register(name),
  staging: ({ mlflow }, name, version) => mlflow.transition(name, version, 'Staging'),
  production: ({ mlflow }, name, version) => mlflow.transition(name, version, 'Production'),
  archive: ({ mlflow }, name, version) => mlflow.transition(name, version, 'Archived'),
  demote: ({ mlflow }, name, version) => mlflow.transition(name, version, 'None'),
  alias: ({ mlflow }, name, version) => mlflow.setAlias(name, 'production', version),
  otherAlias: ({ mlflow }, name, version) => mlflow.setAlias(name, 'champion', version),
  deleteAlias: ({ mlflow }, name) => mlflow.deleteAlias(name, 'production'),
  tag: ({ mlflow }, name, version) => mlflow.change(name, version, { tags: { team: `team "${version}"` } }),
  image: ({ mlflow }, name, version) =>
    mlflow.change(name, version, { tags: { sagemaker_deploy_image: `${ECR}/mine:${version}` } }),
  untag: ({ mlflow }, name, version) => mlflow.change(name, version, { tags: {} }),
  describe: ({ mlflow }, name, version) => mlflow.change(name, version, { description: `is it ${version}?` }),
  deleteVersion: ({ mlflow }, name, version) => mlflow.deleteVersion(name, version),
  rename: ({ mlflow }, name, _version, other) => mlflow.rename(name, other),
  deleteModel: ({ mlflow }, name) => mlflow.deleteModel(name),
  recreate: ({ mlflow }, name) => {
    mlflow.deleteModel(name);
    mlflow.transition(name, mlflow.register(name), 'Staging');
  },
};

const often = ['register', 'register', 'staging', 'staging', 'production', 'production', 'alias', 'archive'];

/** Any event. */
export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('people' as const),
      act: fc.constantFrom(...often, ...Object.keys(ACTS)),
      model: fc.nat(MODELS.length - 1),
      version: fc.integer({ min: 1, max: 4 }),
      hint: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sync' as const),
      model: fc.oneof(fc.nat(MODELS.length - 1), fc.constant('all' as const)),
      verify: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hours' as const), hours: fc.constantFrom(1, 30, 100) }) },
);

/** Changes that a hint follows at once, and that make no version absent. */
export const promotingEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('people' as const),
      act: fc.constantFrom(...often, 'demote', 'otherAlias', 'deleteAlias', 'tag', 'untag', 'image', 'describe'),
      model: fc.nat(MODELS.length - 1),
      version: fc.integer({ min: 1, max: 4 }),
      hint: fc.constant(true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 60 }) }) },
);

/** Lets an event happen; what it starts goes on while others happen. */
export async function happen(world: World, event: Event): Promise<void> {
  switch (event.kind) {
    case 'people': {
      const name = MODELS[event.model] ?? '';
      ACTS[event.act]?.(world, name, String(event.version), MODELS[(event.model + 1) % MODELS.length] ?? '');
      if (event.hint) {
        world.start({ modelName: name });
      }
      return;
    }
    case 'sync': {
      const modelName = event.model === 'all' ? {} : { modelName: MODELS[event.model] ?? '' };
      world.start({ ...modelName, ...(event.verify ? { verify: true } : {}) });
      return;
    }
    case 'turns':
      return world.turns.give(event.turns);
    case 'hours':
      world.pass(event.hours * 60 * 60 * 1_000);
  }
}

/**
 * Lets everything that runs end, and then the schedule and a person have the last word.
 *
 * @returns models of which the schedule told nobody, and what the last sync of all wrote; both should be nothing
 */
export async function comeToRest(world: World): Promise<string[]> {
  await world.settle();
  world.mlflow.stale = undefined;
  const scheduled = await world.sync({});
  if ((scheduled.output as { outcome?: string } | undefined)?.outcome !== 'synced') {
    // Blocked: a person confirms that what is absent was deleted.
    await world.sync({ confirmDeletions: true });
  }
  const quiet = untold(world);
  const before = world.outside.calls.length;
  await world.sync({ verify: true });
  return [...quiet, ...world.writesSince(before)];
}
