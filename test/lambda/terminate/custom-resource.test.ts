import { begin, isTerminated, type Pending } from '../../../lambda/terminate/custom-resource';
import { TerminationWorld } from '../../support/termination-world';

const STAGING = 'sagemaker-mlflow-churn-StagingStack-ModelDeploy';
const PRODUCTION = 'sagemaker-mlflow-churn-ProductionStack-ModelDeploy';
const PROPERTIES = {
  ServiceToken: 'token',
  GroupName: 'churn',
  RepositoryName: 'sagemaker-mlflow-churn-deployment',
  PipelineName: 'sagemaker-mlflow-churn-pipeline',
  RuleName: 'sagemaker-DeployModelRule-churn',
  StackNames: [STAGING, PRODUCTION],
  KeepEndpoints: 'false',
};

let world: TerminationWorld;

beforeEach(() => {
  world = new TerminationWorld();
});

function request(RequestType: 'Create' | 'Update' | 'Delete', over: object = {}): Pending {
  const event = {
    RequestType,
    ResourceProperties: { ...PROPERTIES, ...over },
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'mlflow-mlops-deployment-churn' }),
  } as unknown as Pending;
  return { ...event, ...begin(event, world.now()) };
}

/** Polls as CDK's framework does, a minute apart, and says how often. */
async function polls(event: Pending): Promise<number> {
  for (let count = 1; count <= 100; count += 1) {
    if (await isTerminated(event, world)) {
      return count;
    }
    world.later();
  }
  throw new Error('never done');
}

describe('creation and update', () => {
  test.each(['Create', 'Update'] as const)('%s does nothing, and the physical id stays', async (type) => {
    const event = request(type);
    expect(event.PhysicalResourceId).toBe('mlflow-mlops-deployment-churn');
    expect(await isTerminated(event, world)).toBe(true);
    expect(world.did).toEqual([]);
  });

  test('a property that is missing is named', () => {
    expect(() => request('Create', { StackNames: undefined })).toThrow('property StackNames');
    expect(() => request('Create', { KeepEndpoints: 'yes' })).toThrow('property KeepEndpoints');
  });
});

describe('termination at rest', () => {
  test('deletes the endpoints and gets the repository out of the way', async () => {
    world.stacks.set(STAGING, 'CREATE_COMPLETE').set(PRODUCTION, 'UPDATE_ROLLBACK_COMPLETE');
    expect(await polls(request('Delete'))).toBe(2);
    expect(world.stacks.size).toBe(0);
    expect(world.repository).toBe('sagemaker-mlflow-churn-old-20261124-120100');
    expect(world.did[0]).toBe('disable sagemaker-DeployModelRule-churn');
    expect(world.did).toContain('forget churn');
  });

  test('of what is gone already is done at once', async () => {
    world.repository = undefined;
    expect(await polls(request('Delete'))).toBe(1);
  });

  test('leaves the endpoints that are to be kept', async () => {
    world.stacks.set(STAGING, 'CREATE_COMPLETE');
    expect(await polls(request('Delete', { KeepEndpoints: 'true' }))).toBe(1);
    expect([...world.stacks.keys()]).toEqual([STAGING]);
    expect(world.repository).toContain('-old-');
  });

  test('takes a stack that only has a change set for one to delete, not to wait for', async () => {
    world.stacks.set(STAGING, 'REVIEW_IN_PROGRESS');
    expect(await polls(request('Delete'))).toBe(2);
    expect(world.stacks.size).toBe(0);
  });
});

describe('termination in the middle of a run', () => {
  test('stops the execution and its build before it touches the stacks', async () => {
    world.running.set('run', 'InProgress');
    world.buildsRunning.add('self-mutation:1');
    world.stacks.set(STAGING, 'CREATE_COMPLETE');
    await polls(request('Delete'));
    expect(world.did.filter((one) => /^(stop|delete)/.test(one))).toEqual([
      'stop execution run',
      'stop build self-mutation:1',
      `delete ${STAGING}`,
    ]);
  });

  test('stops a build that an abandoned execution left behind', async () => {
    world.buildsRunning.add('self-mutation:1');
    expect(await polls(request('Delete'))).toBe(2);
    expect(world.did).toContain('stop build self-mutation:1');
  });

  test('waits for a stack that is in progress, then deletes it', async () => {
    world.stacks.set(PRODUCTION, 'UPDATE_IN_PROGRESS');
    const event = request('Delete');
    expect(await isTerminated(event, world)).toBe(false);
    expect(world.did.join()).not.toContain('delete');
    world.stacks.set(PRODUCTION, 'UPDATE_COMPLETE');
    await polls(event);
    expect(world.stacks.size).toBe(0);
  });

  test('stops a run that a push started while the stacks were being deleted', async () => {
    world.stacks.set(STAGING, 'CREATE_COMPLETE');
    const event = request('Delete');
    expect(await isTerminated(event, world)).toBe(false);
    world.running.set('pushed', 'InProgress');
    world.later();
    expect(await isTerminated(event, world)).toBe(false);
    expect(world.did).toContain('stop execution pushed');
    expect(world.repository).toBe('sagemaker-mlflow-churn-deployment');
    await polls(event);
  });

  test('does not stop an execution twice', async () => {
    world.running.set('run', 'Stopping');
    expect(await isTerminated(request('Delete'), world)).toBe(false);
    expect(world.did.join()).not.toContain('stop execution');
  });
});

describe('a stack that cannot be deleted', () => {
  beforeEach(() => {
    world.stacks.set(STAGING, 'CREATE_COMPLETE');
    world.undeletable.set(STAGING, 'Endpoint1: is in use');
  });

  test('fails the termination with its name, the reason, and what to do', async () => {
    await expect(polls(request('Delete'))).rejects.toThrow(
      new RegExp(`stack ${STAGING} could not be deleted: Endpoint1: is in use.*terminate the product again`),
    );
    expect(world.repository).toBe('sagemaker-mlflow-churn-deployment');
  });

  test('is tried again by the next termination', async () => {
    await expect(polls(request('Delete'))).rejects.toThrow('is in use');
    world.undeletable.clear();
    world.later();
    await polls(request('Delete'));
    expect(world.stacks.size).toBe(0);
  });

  test('or that refuses is named too', async () => {
    world.faults.set(`delete ${STAGING}`, new Error('TerminationProtection is enabled'));
    await expect(polls(request('Delete'))).rejects.toThrow(/StagingStack.*TerminationProtection is enabled/);
  });
});

describe('faults', () => {
  test('that pass by themselves are waited out', async () => {
    world.stacks.set(STAGING, 'CREATE_COMPLETE');
    const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    world.faults.set('executions', throttled());
    world.faults.set(`delete ${STAGING}`, throttled());
    expect(await polls(request('Delete'))).toBe(4);
    expect(world.stacks.size).toBe(0);
  });

  test('that do not are told at once', async () => {
    world.faults.set('executions', new Error('not authorized to perform codepipeline:ListPipelineExecutions'));
    await expect(polls(request('Delete'))).rejects.toThrow(/not authorized.*terminate the product again/);
  });

  test('it never waits without end, and says what for', async () => {
    world.stacks.set(STAGING, 'CREATE_IN_PROGRESS');
    await expect(polls(request('Delete'))).rejects.toThrow(
      new RegExp(`after 50 minutes still: stack ${STAGING} is CREATE_IN_PROGRESS.*terminate the product again`),
    );
  });
});
