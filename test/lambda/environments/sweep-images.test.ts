import { type BuildRecord, started } from '../../../lambda/environments/build-record';
import { EnvironmentBuilds } from '../../../lambda/environments/environment-builds';
import type { StoredImage } from '../../../lambda/environments/environment-images';
import { type Effects, sweepImages } from '../../../lambda/environments/sweep-images';
import { clientOf } from '../../support/environment-world';
import { Table } from '../../support/world/dynamodb';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2030-03-02T12:01:05Z');

let store: EnvironmentBuilds;
let images: StoredImage[];
let used: string[];
let deleted: string[];
let listings: number;

beforeEach(() => {
  store = new EnvironmentBuilds({
    client: clientOf(new Table(), async (_what, _input, effect) => effect()),
    name: 'table',
  });
  [images, used, deleted, listings] = [[], [], [], 0];
});

const effects: Effects = {
  now: () => NOW,
  images: async () => images,
  records: () => store.list(),
  usedImages: async function* () {
    listings += 1;
    yield* used;
  },
  write: (digest, before, record) => store.write(digest, before, record),
  deleteImage: async (imageDigest) => void deleted.push(imageDigest),
  deleteFiles: async (digest) => void deleted.push(`files of ${digest}`),
  deleteRecord: (digest, before) => store.delete(digest, before),
};

/** An image, and the record of its build. */
async function image(name: string, days: number, record: Partial<BuildRecord> = {}): Promise<void> {
  const pushedAt = NOW - days * DAY;
  images.push({ imageDigest: `sha256:${name}`, digest: name, pushedAt });
  const build = started({ owner: 'o', token: 't', attempts: 1, models: [], previousBuildId: undefined }, pushedAt);
  await store.write(name, { revision: 0 }, { ...build, state: 'ready', ...record });
}

test('an old image that nothing names goes, with its files and its record', async () => {
  await image('old', 31);
  await image('used', 31);
  used = ['account/repository@sha256:used', 'other'];
  expect(await sweepImages(effects)).toEqual({ images: 1, records: 0 });
  expect(deleted).toEqual(['sha256:old', 'files of old']);
  expect([...(await store.list()).keys()]).toEqual(['used']);
});

test('while no image is old, nothing else is listed', async () => {
  await image('young', 29);
  expect(await sweepImages(effects)).toEqual({ images: 0, records: 0 });
  expect([deleted, listings]).toEqual([[], 0]);
});

test('the listing ends as soon as every old image is found to be in use', async () => {
  await image('used', 31);
  used = ['repository@sha256:used'];
  const usedImages = async function* () {
    yield* used;
    throw new Error('this page is not needed');
  };
  await sweepImages({ ...effects, usedImages });
  expect(deleted).toEqual([]);
});

test('an image that is built again or was used within a day stays', async () => {
  await image('building', 31, { state: 'building', expiresAt: NOW + 1 });
  await image('in-use', 31, { usedAt: NOW - DAY / 2 });
  await sweepImages(effects);
  expect(deleted).toEqual([]);
});

test('an image that is used between the listing and the deletion stays', async () => {
  await image('old', 31);
  const usedImages = async function* () {
    const stored = await store.read('old');
    await store.write('old', stored, { ...(stored.record as BuildRecord), usedAt: NOW });
    yield 'other';
  };
  expect(await sweepImages({ ...effects, usedImages })).toEqual({ images: 0, records: 0 });
  expect(deleted).toEqual([]);
});

test.each<[string, Partial<Effects>]>([
  ['images', { images: () => Promise.reject(new Error('throttled')) }],
  ['records', { records: () => Promise.reject(new Error('throttled')) }],
  [
    'packages, after a page',
    {
      usedImages: async function* () {
        yield 'other';
        throw new Error('throttled');
      },
    },
  ],
])('where the listing of %s fails, nothing is deleted', async (_what, broken) => {
  await image('old', 31);
  await expect(sweepImages({ ...effects, ...broken })).rejects.toThrow('throttled');
  expect(deleted).toEqual([]);
  expect((await store.read('old')).record).toMatchObject({ state: 'ready' });
});

test('a deletion that fails is gone on with a day later', async () => {
  await image('old', 31);
  const deleteFiles = () => Promise.reject(new Error('SlowDown'));
  await expect(sweepImages({ ...effects, deleteFiles })).rejects.toThrow('SlowDown');
  expect((await store.read('old')).record).toMatchObject({ state: 'deleting' });
  images = [];
  expect(await sweepImages(effects)).toEqual({ images: 0, records: 1 });
  expect(deleted).toEqual(['sha256:old', 'files of old']);
  expect(await store.read('old')).toEqual({ revision: 0 });
});

test('records of old failures go, those of builds under way stay', async () => {
  await image('failed', 31, { state: 'failed' });
  await image('building', 31, { state: 'building', expiresAt: NOW + 1 });
  await image('recent', 5, { state: 'failed' });
  images = [];
  expect(await sweepImages(effects)).toEqual({ images: 0, records: 1 });
  expect([...(await store.list()).keys()].sort()).toEqual(['building', 'recent']);
});

test('an image without a tag goes by its age and use alone', async () => {
  images = [{ imageDigest: 'sha256:untagged', pushedAt: NOW - 40 * DAY }];
  expect(await sweepImages(effects)).toEqual({ images: 1, records: 0 });
  expect(deleted).toEqual(['sha256:untagged']);
});
