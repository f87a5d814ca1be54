import { type Outcome, STARTING_SECONDS, startIfChanged } from '../../../lambda/start-pipeline/start';
import { OWNER } from '../../support/owner';
import { StartWorld } from '../../support/start-world';

let world: StartWorld;
let requests = 0;

beforeEach(() => {
  world = new StartWorld();
});

/** An event that reaches the function; Lambda's repetition of one has its request's id. */
function event(request = `request-${++requests}`, stack = 'stack'): Promise<Outcome> {
  const names = { modelName: 'churn', groupName: 'churn', pipelineName: 'sagemaker-mlflow-churn-pipeline' };
  return startIfChanged({ ...names, stack }, request, world);
}

function approved(number: number, environments: string, over: { approval?: string } = {}) {
  return {
    arn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${number}`,
    approval: 'Approved',
    metadata: { mlflow_mlops_owner: OWNER, mlflow_version: `${number}`, mlflow_environments: environments },
    ...over,
  };
}

describe('one change', () => {
  test('starts one run, however many events tell of it', async () => {
    world.registry = [approved(1, 'Staging')];
    expect(await event()).toBe('started');
    expect(await event()).toBe('unchanged');
    expect(await event()).toBe('unchanged');
    expect(world.runs.size).toBe(1);
  });

  test.each<[string, () => void]>([
    ['another environment', () => (world.registry = [approved(1, 'Staging Production')])],
    ['another version', () => world.registry.push(approved(2, 'Staging'))],
    ['a rejection', () => (world.registry = [approved(1, 'Staging', { approval: 'Rejected' })])],
    ['a deletion', () => (world.registry = [])],
  ])('is %s', async (_what, change) => {
    world.registry = [approved(1, 'Staging')];
    await event();
    change();
    expect(await event()).toBe('started');
    expect(await event()).toBe('unchanged');
    expect(world.runs.size).toBe(2);
  });

  test.each<[string, () => void]>([
    ['a description', () => (world.registry = [withMetadata({ mlflow_description: 'better' })])],
    ['a package without a mark', () => world.registry.push({ ...approved(7, 'Staging'), metadata: {} })],
    ['a package of somebody else', () => world.registry.push(marked(7, 'OtherStack'))],
    ['a package that waits for approval', () => world.registry.push(approved(2, 'Staging', { approval: 'Pending' }))],
  ])('is not %s', async (_what, change) => {
    world.registry = [approved(1, 'Staging')];
    await event();
    change();
    expect(await event()).toBe('unchanged');
  });

  function marked(number: number, mlflow_mlops_owner: string) {
    const one = approved(number, 'Staging');
    return { ...one, metadata: { ...one.metadata, mlflow_mlops_owner } };
  }

  function withMetadata(more: Record<string, string>) {
    const one = approved(1, 'Staging');
    return { ...one, metadata: { ...one.metadata, ...more } };
  }
});

test('of a model with nothing to deploy nothing is started', async () => {
  expect(await event()).toBe('unchanged');
  world.registry = [approved(1, '')];
  expect(await event()).toBe('unchanged');
  expect(world.runs.size).toBe(0);
});

test('while a sync works on the model its packages are not looked at', async () => {
  world.registry = [approved(1, 'Staging')];
  world.held = true;
  expect(await event()).toBe('left to the running sync');
  world.held = false;
  expect(await event()).toBe('started');
});

describe('a start', () => {
  beforeEach(() => {
    world.registry = [approved(1, 'Staging')];
  });

  test('that is refused is an error, and the next event starts', async () => {
    world.faults.push('unheard');
    await expect(event()).rejects.toThrow('does not answer');
    expect(await event()).toBe('started');
    expect(world.runs.size).toBe(1);
  });

  test('whose answer was lost is repeated, and makes no second run', async () => {
    world.faults.push('heard');
    await expect(event('same')).rejects.toThrow('does not answer');
    expect(await event('same')).toBe('started');
    expect(world.runs.size).toBe(1);
  });

  test('that is refused while its change is taken back leaves nothing to doubt', async () => {
    await event();
    world.registry = [];
    world.faults.push('heard');
    await expect(event()).rejects.toThrow();
    world.registry = [approved(1, 'Staging')];
    // Nobody knows that the empty set is not deployed.
    expect(await event()).toBe('started');
    expect(await event()).toBe('unchanged');
  });

  test('of a pipeline that does not exist yet is left to its first run', async () => {
    world.faults.push('missing');
    expect(await event()).toBe('no pipeline yet');
    expect(await event()).toBe('unchanged');
    world.registry = [];
    expect(await event()).toBe('started');
    expect(world.runs.size).toBe(1);
  });

  test('that an invocation died of is repeated by Lambda at once, by others when it is surely dead', async () => {
    const dead = new Promise<void>(() => undefined);
    world.between = (call) => (call === 'start' ? dead : Promise.resolve());
    void event('dies');
    await new Promise(setImmediate);
    world.between = async () => undefined;

    expect(await event('other')).toBe('unchanged');
    expect(world.runs.size).toBe(0);
    expect(await event('dies')).toBe('started');
    expect(world.runs.size).toBe(1);
  });

  test('that nobody repeats is made up for by the first event after that', async () => {
    const dead = new Promise<void>(() => undefined);
    world.between = (call) => (call === 'start' ? dead : Promise.resolve());
    void event('dies');
    await new Promise(setImmediate);
    world.between = async () => undefined;

    world.clock += STARTING_SECONDS + 1;
    expect(await event('other')).toBe('started');
    expect(world.runs.size).toBe(1);
  });
});

describe('at once', () => {
  test('events of one change start one run', async () => {
    world.registry = [approved(1, 'Staging')];
    const outcomes = await Promise.all([event(), event(), event(), event()]);
    expect(outcomes.sort()).toEqual(['started', 'unchanged', 'unchanged', 'unchanged']);
    expect(world.runs.size).toBe(1);
  });

  test('an event that saw an older set does not overwrite what a newer one started', async () => {
    world.registry = [approved(1, 'Staging')];
    world.between = async (call) => {
      if (call === 'packages') {
        world.between = async () => undefined;
        world.registry = [approved(1, 'Staging'), approved(2, 'Staging')];
        expect(await event()).toBe('started');
      }
    };
    expect(await event()).toBe('unchanged');
    expect(await event()).toBe('unchanged');
    expect(world.runs.size).toBe(1);
  });

  test('two changes start a run each, and the record tells of the later one', async () => {
    world.registry = [approved(1, 'Staging')];
    world.between = async (call) => {
      if (call === 'start') {
        world.between = async () => undefined;
        world.registry = [approved(1, 'Production')];
        expect(await event()).toBe('started');
      }
    };
    expect(await event()).toBe('started');
    expect(await event()).toBe('unchanged');
    expect(world.runs.size).toBe(2);
  });
});

test('a model that was terminated and provisioned again begins anew, also when its old record was left behind', async () => {
  world.registry = [approved(1, 'Staging')];
  await event('first', 'old stack');
  expect(await event('second', 'new stack')).toBe('started');
  expect(await event('third', 'new stack')).toBe('unchanged');
  expect(world.runs.size).toBe(2);
});

test('a record that never stands still is an error, for Lambda to try again', async () => {
  world.registry = [approved(1, 'Staging')];
  world.between = async () => {
    world.record = { ...world.record, revision: world.record.revision + 1 };
  };
  await expect(event()).rejects.toThrow('changed 10 times');
});
