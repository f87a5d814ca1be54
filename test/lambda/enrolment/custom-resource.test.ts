import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerRequest } from '../../../lambda/enrolment/custom-resource';
import { World } from '../../support/enrolment-world';

let world: World;

beforeEach(() => {
  world = new World();
});

interface Request {
  readonly before: string;
  readonly id: string;
  readonly fixed: boolean;
  /** Stack and logical id. */
  readonly resource: string;
}

/** A request as CloudFormation sends it, as far as it is read. */
function request(
  RequestType: 'Create' | 'Update' | 'Delete',
  ModelName: string,
  { before = ModelName, id, fixed = false, resource = 'stack/Model' }: Partial<Request> = {},
) {
  return answerRequest(
    {
      RequestType,
      RequestId: `${RequestType}-${ModelName}`,
      StackId: resource.split('/')[0],
      LogicalResourceId: resource.split('/')[1],
      ResourceProperties: { ServiceToken: 'token', ModelName, ...(fixed ? { ModelNameIsFixed: 'true' } : {}) },
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: id ?? `mlflow-mlops-${before}` }),
      ...(RequestType === 'Update' ? { OldResourceProperties: { ModelName: before } } : {}),
    } as unknown as CloudFormationCustomResourceEvent,
    () => world,
  );
}

test('creation enrols and answers the group; deletion takes it back', async () => {
  expect(await request('Create', 'churn')).toEqual({
    PhysicalResourceId: 'mlflow-mlops-churn',
    Data: {
      GroupName: 'churn',
      RepositoryName: 'sagemaker-mlflow-churn-deployment',
      PipelineName: 'sagemaker-mlflow-churn-pipeline',
      RuleName: 'sagemaker-DeployModelRule-churn',
      StartPipelineInput: expect.stringContaining('"pipelineName":"sagemaker-mlflow-churn-pipeline"'),
    },
  });
  expect([...world.webhooks]).toEqual(['churn']);
  expect(await request('Delete', 'churn')).toEqual({});
  expect(world.records.size + world.webhooks.size).toBe(0);
});

test('a creation that fails half-way leaves no enrolment, and says what to check', async () => {
  world.takesWebhooks = false;
  await expect(request('Create', 'churn')).rejects.toThrow(
    /"churn": registry refuses webhooks\. Check that.*secret_name/,
  );
  expect(world.records.size).toBe(0);
});

test('an update to another model that fails leaves the old enrolment alone', async () => {
  await request('Create', 'churn');
  world.takesWebhooks = false;
  await expect(request('Update', 'fraud', { before: 'churn' })).rejects.toThrow('fraud');
  expect([...world.records.keys()]).toEqual(['churn']);
  expect([...world.webhooks]).toEqual(['churn']);
});

test('an update of the same model that fails keeps its enrolment', async () => {
  await request('Create', 'churn');
  world.takesWebhooks = false;
  await expect(request('Update', 'churn')).rejects.toThrow('churn');
  expect([...world.records.keys()]).toEqual(['churn']);
});

describe('a second resource of the same model', () => {
  beforeEach(async () => {
    await request('Create', 'churn', { resource: 'stack/Old' });
  });

  test.each([
    ['replaces the first one in its stack', 'stack/New'],
    ['is in another stack', 'other/Model'],
  ])('%s: the model stays enrolled until both are deleted', async (_what, resource) => {
    await request('Create', 'churn', { resource });
    await request('Delete', 'churn', { resource: 'stack/Old' });
    expect([...world.webhooks]).toEqual(['churn']);
    await request('Delete', 'churn', { resource });
    expect(world.records.size + world.webhooks.size).toBe(0);
  });

  test('is deleted when its stack rolls back: the first one keeps the model enrolled', async () => {
    await request('Create', 'churn', { resource: 'stack/New' });
    await request('Delete', 'churn', { resource: 'stack/New' });
    expect([...world.webhooks]).toEqual(['churn']);
  });

  test('fails to be created: the first one keeps the model enrolled', async () => {
    world.takesWebhooks = false;
    await expect(request('Create', 'churn', { resource: 'stack/New' })).rejects.toThrow('refuses webhooks');
    expect([...world.webhooks]).toEqual(['churn']);
  });
});

test('a request without a model name is refused, and can be deleted', async () => {
  await expect(request('Create', '')).rejects.toThrow('ModelName is missing');
  expect(await request('Delete', '')).toEqual({});
});

describe('a resource whose model is fixed', () => {
  beforeEach(() => request('Create', 'churn', { fixed: true }));

  test('refuses another model, touches nothing, and says what to do', async () => {
    await expect(request('Update', 'fraud', { before: 'churn', fixed: true })).rejects.toThrow(
      /"fraud".*provision another product.*terminate this one/,
    );
    expect([...world.records.keys()]).toEqual(['churn']);
  });

  test('takes the rollback of that update, which names the refused model as the old one', async () => {
    const answer = await request('Update', 'churn', { before: 'fraud', id: 'mlflow-mlops-churn', fixed: true });
    expect(answer.PhysicalResourceId).toBe('mlflow-mlops-churn');
    expect([...world.records.keys()]).toEqual(['churn']);
  });

  test('keeps its enrolment when that rollback fails', async () => {
    world.takesWebhooks = false;
    await expect(
      request('Update', 'churn', { before: 'fraud', id: 'mlflow-mlops-churn', fixed: true }),
    ).rejects.toThrow('refuses webhooks');
    expect([...world.records.keys()]).toEqual(['churn']);
  });

  test('is updated and deleted like any other', async () => {
    await request('Update', 'churn', { fixed: true });
    expect(await request('Delete', 'churn', { fixed: true })).toEqual({});
    expect(world.records.size).toBe(0);
  });
});

test('a registry that cannot be reached fails with what to check', async () => {
  world.reachable = false;
  await expect(request('Create', 'churn')).rejects.toThrow(/cannot be reached.*Check that the registry can be reached/);
});
