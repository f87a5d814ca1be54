import {
  CreateModelPackageGroupCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackageGroupsCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { clearFaults, failNext, pendingFaults } from '../../support/faults';
import { ACCOUNT, openStage, REGION, type Stage } from './sagemaker/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => clearFaults(stage.url));
afterAll(() => stage.close());

const list = (client = stage.sagemaker) => client.send(new ListModelPackageGroupsCommand({}));

test('the next calls of an action fail with the error, and then no more', async () => {
  await failNext(stage.url, {
    action: 'ListModelPackageGroups',
    code: 'ThrottlingException',
    message: 'Rate exceeded',
    times: 2,
  });
  for (const _ of [1, 2]) {
    await expect(list()).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
  }
  await expect(list()).resolves.toMatchObject({ ModelPackageGroupSummaryList: [] });
  expect(await pendingFaults(stage.url)).toEqual([]);
});

test('a fault of one account leaves the others alone', async () => {
  await failNext(stage.url, {
    action: 'ListModelPackageGroups',
    code: 'InternalFailure',
    status: 500,
    account: ACCOUNT,
  });
  await expect(list(stage.clientOf('444455556666', REGION))).resolves.toBeDefined();
  await expect(list()).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
});

test('a call whose answer is lost has had its effect', async () => {
  const group = { ModelPackageGroupName: 'lost-answer' };
  await failNext(stage.url, { action: 'CreateModelPackageGroup', code: 'InternalFailure', status: 500, when: 'after' });
  await expect(stage.sagemaker.send(new CreateModelPackageGroupCommand(group))).rejects.toThrow();
  await expect(stage.sagemaker.send(new DescribeModelPackageGroupCommand(group))).resolves.toMatchObject(group);
});

test('the runtime fails too', async () => {
  await failNext(stage.url, { action: 'InvokeEndpoint', code: 'ServiceUnavailable', status: 503 });
  const invoke = () => stage.runtime.send(new InvokeEndpointCommand({ EndpointName: 'none', Body: Buffer.from('') }));
  await expect(invoke()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  await expect(invoke()).rejects.toMatchObject({ name: 'ValidationError' });
});

test('cleared faults are gone', async () => {
  await failNext(stage.url, { action: 'ListModelPackageGroups', code: 'ConflictException', times: 9 });
  expect(await pendingFaults(stage.url)).toMatchObject([{ action: 'ListModelPackageGroups', times: 9 }]);
  await clearFaults(stage.url);
  await expect(list()).resolves.toBeDefined();
});

test.each([
  ['an action that is not here', { action: 'CreateTrainingJob', code: 'ThrottlingException' }, /action/],
  ['a status that is no error', { action: 'ListTags', code: 'ThrottlingException', status: 200 }, /status/],
  ['a misspelled member', { action: 'ListTags', code: 'ThrottlingException', time: 2 }, /time/],
])('%s is refused', async (_what, fault, said) => {
  await expect(failNext(stage.url, fault)).rejects.toThrow(said);
});
