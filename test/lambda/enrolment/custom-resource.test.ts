import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerRequest } from '../../../lambda/enrolment/custom-resource';
import { World } from '../../support/enrolment-world';

let world: World;

beforeEach(() => {
  world = new World();
});

/** A request as CloudFormation sends it, as far as it is read. */
function request(RequestType: 'Create' | 'Update' | 'Delete', ModelName: string, before = ModelName) {
  return answerRequest(
    {
      RequestType,
      RequestId: `${RequestType}-${ModelName}`,
      StackId: 'stack',
      LogicalResourceId: 'Model',
      ResourceProperties: { ServiceToken: 'token', ModelName },
      ...(RequestType === 'Update' ? { OldResourceProperties: { ModelName: before } } : {}),
    } as unknown as CloudFormationCustomResourceEvent,
    () => world,
  );
}

test('creation enrols and answers the group; deletion takes it back', async () => {
  expect(await request('Create', 'churn')).toEqual({
    PhysicalResourceId: 'mlflow-mlops-churn',
    Data: { GroupName: 'churn' },
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
  await expect(request('Update', 'fraud', 'churn')).rejects.toThrow('fraud');
  expect([...world.records.keys()]).toEqual(['churn']);
  expect([...world.webhooks]).toEqual(['churn']);
});

test('an update of the same model that fails keeps its enrolment', async () => {
  await request('Create', 'churn');
  world.takesWebhooks = false;
  await expect(request('Update', 'churn')).rejects.toThrow('churn');
  expect([...world.records.keys()]).toEqual(['churn']);
});

test('a request without a model name is refused, and can be deleted', async () => {
  await expect(request('Create', '')).rejects.toThrow('ModelName is missing');
  expect(await request('Delete', '')).toEqual({});
});
