import type { BuildRecord, EnvironmentRequest } from '../../../lambda/environments/build-record';
import { EnvironmentBuilds } from '../../../lambda/environments/environment-builds';
import type { BuildReport, BuildResult } from '../../../lambda/environments/environment-files';
import { type Effects, requestEnvironment } from '../../../lambda/environments/request-environment';
import { clientOf } from '../../support/environment-world';
import { Table } from '../../support/world/dynamodb';

const DIGEST = '3f2a1b2c'.repeat(4);
const IMAGE = 'repository@sha256:abc';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNSOLVABLE: BuildResult = {
  state: 'failed',
  cause: 'requirements',
  reason: 'no version of torch==9',
  fix: 'log it with torch 2',
};
const UNREACHABLE: BuildResult = { state: 'failed', cause: 'passing', reason: 'connection reset', fix: '' };

let now: number;
let store: EnvironmentBuilds;
let image: string | undefined;
let report: BuildReport | undefined;
/** Tokens by which builds were started. */
let starts: string[];
/** What CodeBuild says instead of starting one. */
let refusal: Error | undefined;

beforeEach(() => {
  now = Date.parse('2030-01-02T12:01:05Z');
  store = new EnvironmentBuilds({
    client: clientOf(new Table(), async (_what, _input, effect) => effect()),
    name: 'table',
  });
  [image, report, starts, refusal] = [undefined, undefined, [], undefined];
});

const effects: Effects = {
  now: () => now,
  read: () => store.read(DIGEST),
  write: (before, record) => store.write(DIGEST, before, record),
  findImage: async () => image,
  report: async () => report,
  saveFiles: async () => undefined,
  startBuild: async (token) => {
    if (refusal !== undefined) {
      throw refusal;
    }
    starts.push(token);
    return `project:${starts.length}`;
  },
};

function ask(over: Partial<EnvironmentRequest> = {}, other: Partial<Effects> = {}) {
  const request = { modelName: 'churn', owner: 'execution-1', retry: false, ...over };
  return requestEnvironment(DIGEST, request, { ...effects, ...other });
}

/** The build that was started last reports, and nobody hears of its end. */
function reports(result: BuildResult): void {
  report = { build: `project:${starts.length}`, result };
}

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(`${name} it is`), { name, $metadata: { httpStatusCode } });

test('an image that is there is used, with nothing built', async () => {
  image = IMAGE;
  expect(await ask()).toEqual({ image: IMAGE });
  expect(starts).toEqual([]);
  expect((await store.read(DIGEST)).record).toMatchObject({ state: 'ready', usedAt: now });
});

test('its use is written down at most twice a day', async () => {
  image = IMAGE;
  await ask();
  const { revision } = await store.read(DIGEST);
  await ask();
  expect((await store.read(DIGEST)).revision).toBe(revision);
  now += 13 * HOUR;
  await ask();
  expect((await store.read(DIGEST)).record).toMatchObject({ usedAt: now });
});

test('a missing image is built once, and everybody waits for it', async () => {
  const waits = { waits: 'waits for environment 3f2a1b2c, building since 12:01' };
  expect(await ask()).toEqual(waits);
  now += 2 * MINUTE;
  expect(await ask({ modelName: 'fraud', owner: 'execution-2' })).toEqual(waits);
  expect(await ask({ modelName: 'fraud', owner: 'execution-3', retry: true })).toEqual(waits);
  expect(starts).toHaveLength(1);
  expect((await store.read(DIGEST)).record).toMatchObject({
    state: 'building',
    buildId: 'project:1',
    models: ['churn', 'fraud'],
  });
});

test('an image that is gone from ECR is built again, whatever the record says', async () => {
  image = IMAGE;
  await ask();
  image = undefined;
  expect(await ask({ owner: 'execution-2' })).toMatchObject({ waits: expect.stringContaining('building since') });
  expect(starts).toHaveLength(1);
});

test('a report whose event was lost counts', async () => {
  await ask();
  reports({ state: 'ready' });
  image = IMAGE;
  expect(await ask({ owner: 'execution-2' })).toEqual({ image: IMAGE });
});

test('the report of an earlier build does not count', async () => {
  await ask();
  reports({ state: 'ready' });
  image = IMAGE;
  await ask({ owner: 'execution-2' });
  image = undefined;
  await ask({ owner: 'execution-3' });
  expect(await ask({ owner: 'execution-4' })).toHaveProperty('waits');
  expect(starts).toHaveLength(2);
});

test('requirements that cannot be installed are refused with reason and fix for a day, unless a person wants it', async () => {
  await ask();
  reports(UNSOLVABLE);
  await expect(ask({ owner: 'execution-2' })).rejects.toThrow(
    'environment 3f2a1b2c cannot be built. Fix: log it with torch 2. It is built again when the requirements change, after ' +
      '2030-01-03T12:01:05.000Z, or by a sync with "retryEnvironments": true. Reason: no version of torch==9',
  );
  now += 23 * HOUR;
  await expect(ask({ owner: 'execution-3' })).rejects.toMatchObject({ name: 'RefusedError' });
  expect(starts).toHaveLength(1);
  await ask({ owner: 'execution-4', retry: true });
  expect(starts).toHaveLength(2);
  reports(UNSOLVABLE);
  now += 24 * HOUR;
  await expect(ask({ owner: 'execution-5' })).rejects.toMatchObject({ name: 'RefusedError' });
  now += 24 * HOUR;
  await ask({ owner: 'execution-6' });
  expect(starts).toHaveLength(3);
});

test('a failure that passes is tried twice more, each after a pause', async () => {
  await ask();
  for (const times of [2, 3]) {
    reports(UNREACHABLE);
    expect(await ask({ owner: 'other' })).toEqual({
      waits: expect.stringMatching(
        /^waits for environment 3f2a1b2c, which is built again after \d\d:\d\d: connection reset$/,
      ),
    });
    expect(starts).toHaveLength(times - 1);
    now += 10 * MINUTE;
    await ask({ owner: `execution-${times}` });
    expect(starts).toHaveLength(times);
  }
  reports(UNREACHABLE);
  await expect(ask({ owner: 'execution-4' })).rejects.toThrow('connection reset');
  now += 10 * MINUTE;
  await expect(ask({ owner: 'execution-5' })).rejects.toThrow('connection reset');
  expect(starts).toHaveLength(3);
});

test('a build that never reports is over after its time', async () => {
  await ask();
  now += 69 * MINUTE;
  expect(await ask({ owner: 'execution-2' })).toHaveProperty('waits');
  expect(starts).toHaveLength(1);
  for (const times of [2, 3]) {
    now += 70 * MINUTE;
    await ask({ owner: `execution-${times}` });
    expect(starts).toHaveLength(times);
  }
  now += 70 * MINUTE;
  await expect(ask({ owner: 'execution-9' })).rejects.toThrow('did not report within 70 minutes');
});

test('a request that died before it heard from CodeBuild goes on with the same token; nobody else does', async () => {
  refusal = answered('TimeoutError', 0);
  await expect(ask()).rejects.toThrow('TimeoutError');
  const { record } = await store.read(DIGEST);
  refusal = undefined;
  expect(await ask({ owner: 'execution-2' })).toHaveProperty('waits');
  expect(starts).toEqual([]);
  await ask();
  expect(starts).toEqual([record?.token]);
});

test('a token that CodeBuild does not know any more is not used again', async () => {
  refusal = answered('TimeoutError', 0);
  await expect(ask()).rejects.toThrow('TimeoutError');
  refusal = undefined;
  now += 5 * MINUTE;
  expect(await ask()).toHaveProperty('waits');
  expect(starts).toEqual([]);
});

test("where CodeBuild's limit is reached the version waits, and the next request starts the build", async () => {
  refusal = answered('AccountLimitExceededException', 400);
  expect(await ask()).toEqual({ waits: 'waits for environment 3f2a1b2c: AccountLimitExceededException it is' });
  refusal = undefined;
  await ask({ owner: 'execution-2' });
  expect(starts).toHaveLength(1);
});

test('what CodeBuild refuses otherwise fails, and is asked again at once', async () => {
  refusal = answered('AccessDeniedException', 400);
  await expect(ask()).rejects.toThrow('AccessDeniedException it is');
  refusal = undefined;
  await ask({ owner: 'execution-2' });
  expect(starts).toHaveLength(1);
});

test('files are in S3 before the build is started, and their failure leaves no build behind', async () => {
  const saveFiles = () => Promise.reject(new Error('the registry is down'));
  await expect(ask({}, { saveFiles })).rejects.toThrow('the registry is down');
  expect(await store.read(DIGEST)).toEqual({ revision: 0 });
});

test('of two requests at once one starts a build', async () => {
  await Promise.all([ask(), ask({ modelName: 'fraud', owner: 'execution-2' })]);
  expect(starts).toHaveLength(1);
  expect((await store.read(DIGEST)).record?.models).toEqual(expect.arrayContaining(['churn', 'fraud']));
});

test('an image that is being deleted is not used, until whoever deletes it is dead', async () => {
  image = IMAGE;
  await ask();
  const stored = await store.read(DIGEST);
  await store.write(DIGEST, stored, { ...(stored.record as BuildRecord), state: 'deleting', expiresAt: now + MINUTE });
  await expect(ask()).rejects.toMatchObject({ name: 'TransientError' });
  now += MINUTE;
  expect(await ask()).toEqual({ image: IMAGE });
});

test('a record has room for 400 models, and more of them wait without being written down', async () => {
  await ask();
  for (let number = 1; number < 410; number++) {
    await ask({ modelName: `model-${number}`, owner: `execution-${number}` });
  }
  expect((await store.read(DIGEST)).record?.models).toHaveLength(400);
});
