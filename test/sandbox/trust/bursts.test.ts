import { call, transitionStage } from '../../../sandbox/demo/registry';
import { sized, tried } from '../../../trust/sizes';
import { calmDown, makeBusy, stillBusy } from '../../support/busy';
import { countCalls } from '../../support/counts';
import { post, signed, transition } from '../../support/deliveries';
import { clearFaults, failNext, pendingFaults } from '../../support/faults';
import { faultsOf, type RunModel, writesOfAnotherSync } from '../../support/oracle';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Finished, Stage, stages } from '../../support/stories';

const MODELS = sized(2, 8);
const TIMES = sized(1, 2);
/** A step has five tries (lib/model-sync/sync-step.ts), and each of its calls some of its own. */
const TRIES_OF_A_CALL_MAX = 50;

let stage: Stage;
let endpoint: string;
/** The registry behind the workspace's back: nobody is told of what is done there. */
let quiet: Stage;
let models: RunModel[];
let change = 0;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  endpoint = stage.env.AWS_ENDPOINT_URL_SAGEMAKER;
  quiet = new Stage(stage.behind);
  const names = Array.from({ length: MODELS }, (_, index) => stage.name(`burst${index}`));
  for (const name of names) {
    await quiet.register(name);
  }
  const groups = await stage.enrolAll(names);
  models = names.map((name, index) => ({ name, group: groups[index] ?? '' }));
}, UP_TIMEOUT_MS);

afterEach(async () => {
  await clearFaults(endpoint);
  await calmDown(stage);
});

/** Another version, another stage and another description, so that a sync creates, deletes and updates. */
async function changeAll(): Promise<void> {
  change += 1;
  await Promise.all(
    models.map(async ({ name }) => {
      const version = await quiet.register(name);
      await transitionStage(quiet.env, name, version, 'Production');
      await transitionStage(quiet.env, name, String(Number(version) - 1), change % 2 === 0 ? 'Archived' : 'Staging');
      await call(quiet.env, 'PATCH', 'model-versions/update', { name, version: '1', description: `change ${change}` });
    }),
  );
}

const syncAll = () => Promise.all(models.map(({ name }) => stage.sync({ modelName: name })));

/** While something is busy a sync may end in vain, but not without saying why; what then is left is for the next scheduled one. */
async function expectToConverge(ended: readonly Finished[], said: RegExp): Promise<void> {
  for (const { status, cause } of ended.filter((one) => one.status !== 'SUCCEEDED')) {
    expect([status, cause]).toEqual(['FAILED', expect.stringMatching(said)]);
  }
  if (ended.some(({ status }) => status !== 'SUCCEEDED')) {
    for (const { name } of models) {
      expect((await stage.sync({ modelName: name })).status).toBe('SUCCEEDED');
    }
  }
  expect(await faultsOf(stage, models)).toEqual([]);
}

// First, while there are no archives yet: they are made while S3 is busy.
describe('AWS', () => {
  test.each(['s3', 'dynamodb', 'ssm', 'secretsmanager', 'states'].slice(0, sized(1, 5)))(
    '%s that is busy is asked again, and not for ever',
    async (service) => {
      await changeAll();
      for (const busy of [
        { service, times: 6 * MODELS },
        { service, times: 40, share: 0.2 },
      ]) {
        await makeBusy(stage, busy);
      }
      const ended: Finished[] = [];
      const counts = await countCalls(stage.env, async () => {
        ended.push(...(await syncAll()));
      });
      await calmDown(stage);
      const made = Object.entries(counts).filter(([action]) => !action.startsWith('mlflow'));
      expect(made.filter(([, count]) => count > MODELS * 10 * TRIES_OF_A_CALL_MAX)).toEqual([]);
      await expectToConverge(ended, /SlowDown|Throttl|Rate exceeded|reduce your request rate|answered 503/);
      tried('bursts', MODELS);
    },
    600_000,
  );

  test('a delivery that meets busy services is taken, or asked for again', async () => {
    const { name } = models[0] ?? { name: '' };
    const statuses: number[] = [];
    for (const service of ['states', 'dynamodb', 'secretsmanager']) {
      await makeBusy(stage, { service, times: 12 });
      const body = transition(name);
      for (let attempt = 0; attempt < 10 && statuses.at(-1) !== 202; attempt++) {
        statuses.push((await post(stage, body, signed(stage, body))).status);
      }
      expect(statuses.at(-1)).toBe(202);
      await calmDown(stage);
      statuses.push(0);
    }
    expect(statuses.filter((status) => ![0, 202, 503].includes(status))).toEqual([]);
    await stage.idle();
    tried('bursts', 3);
  }, 120_000);
});

describe('SageMaker', () => {
  const ACTIONS = [
    'ListModelPackages',
    'DescribeModelPackage',
    'CreateModelPackage',
    'UpdateModelPackage',
    'DeleteModelPackage',
  ];

  const FAULTS = [
    ['throttles', { code: 'ThrottlingException', status: 400, times: 4 * MODELS }],
    ['is in conflict', { code: 'ConflictException', status: 409, times: MODELS }],
    ['fails inside', { code: 'InternalFailure', status: 500, times: 4 * MODELS }],
    ['fails inside after it did what it was asked', { code: 'InternalFailure', status: 500, times: 2, when: 'after' }],
  ] as const;

  test.each(FAULTS.slice(0, sized(1, FAULTS.length)))(
    'that %s is asked again, and not for ever',
    async (_what, fault) => {
      for (let time = 0; time < TIMES; time++) {
        await changeAll();
        for (const action of ACTIONS) {
          await failNext(endpoint, { action, ...fault });
        }
        const ended: Finished[] = [];
        const counts = await countCalls(stage.env, async () => {
          ended.push(...(await syncAll()));
        });
        await clearFaults(endpoint);
        for (const action of ACTIONS) {
          expect(counts[`sagemaker:${action}`] ?? 0).toBeLessThan(MODELS * 10 * TRIES_OF_A_CALL_MAX);
        }
        await expectToConverge(ended, /The sandbox was told to fail this call/);
      }
      tried('bursts', TIMES * MODELS);
    },
    600_000,
  );

  test.each(['ValidationException', 'AccessDeniedException'])(
    'that says %s is not asked again',
    async (code) => {
      await changeAll();
      await failNext(endpoint, { action: 'CreateModelPackage', code, status: 400, times: 1_000 });
      const ended: Finished[] = [];
      const counts = await countCalls(stage.env, async () => {
        ended.push(...(await syncAll()));
      });
      expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['FAILED']));
      const [{ times } = { times: 0 }] = await pendingFaults(endpoint);
      // Each of the models has one version to be registered.
      expect([counts['sagemaker:CreateModelPackage'], 1_000 - times]).toEqual([MODELS, MODELS]);
      await clearFaults(endpoint);
      await expectToConverge(ended, /The sandbox was told to fail this call/);
      tried('bursts', MODELS);
    },
    300_000,
  );
});

test('after all of it another sync writes nothing', async () => {
  expect(await stillBusy(stage)).toEqual([]);
  for (const { name } of models) {
    expect((await stage.sync({ modelName: name })).status).toBe('SUCCEEDED');
  }
  expect(await faultsOf(stage, models)).toEqual([]);
  expect(await writesOfAnotherSync(stage, models)).toEqual([]);
}, 120_000);
