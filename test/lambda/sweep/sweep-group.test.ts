import { S3Client } from '@aws-sdk/client-s3';
import { UNUSED_SINCE } from '../../../lambda/shared/packing/unused-mark';
import { type Swept, sweepGroup } from '../../../lambda/sweep/sweep-group';
import { GRACE_MS } from '../../../lambda/sweep/unused';
import { actionsOn } from '../../support/world/actions';
import { Table } from '../../support/world/dynamodb';
import { ImageBuilds } from '../../support/world/image-builds';
import { Bucket } from '../../support/world/s3';
import { ModelRegistry } from '../../support/world/sagemaker';

const KEY = 'models/churn/aaa/model.tar.gz';
const URL = `s3://bucket/${KEY}`;
const NOTHING: Swept = { marked: 0, unmarked: 0, deleted: 0, uploads: 0 };

let now: number;
let bucket: Bucket;
let calls: string[];

beforeEach(() => {
  now = Date.parse('2030-01-02T03:04:05Z');
  bucket = new Bucket();
  bucket.put({ Bucket: 'bucket', Key: KEY, Body: 'archive' });
  calls = [];
});

/** A client whose bucket is in memory. */
function client(): S3Client {
  const actions = actionsOn(new Table(), bucket, new ModelRegistry(() => now), new ImageBuilds());
  const send = async (command: { readonly input: unknown; readonly constructor: { readonly name: string } }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    calls.push(name);
    return actions[`s3.${name}`]?.(command.input as never);
  };
  return Object.assign(new S3Client({ region: 'us-east-1' }), { send });
}

/** Sweeps as a sync does that sees packages with these archives. */
function sweep(...urls: string[]): Promise<Swept> {
  return sweepGroup({ client: client(), bucket: 'bucket', groupName: 'churn', urls: async () => urls, now });
}

test('an archive that was marked before its package showed loses the mark, and has its grace when the package goes', async () => {
  expect(await sweep()).toMatchObject({ marked: 1, deleted: 0 });
  now += 1_000;
  const seen = await sweep(URL);
  expect(bucket.tags({ Key: KEY }).TagSet).toEqual([]);
  expect(seen).toEqual({ ...NOTHING, unmarked: 1 });

  now += 30 * GRACE_MS;
  expect(await sweep()).toEqual({ ...NOTHING, marked: 1 });
  expect(bucket.tags({ Key: KEY }).TagSet).toEqual([{ Key: UNUSED_SINCE, Value: new Date(now).toISOString() }]);
  now += GRACE_MS + 1;
  expect(await sweep()).toEqual({ ...NOTHING, deleted: 1 });
  expect([...bucket.objects.keys()]).toEqual([]);
});

test('unused archives and open uploads go, of this group alone', async () => {
  const neighbour = 'models/churn-2/aaa/model.tar.gz';
  bucket.put({ Bucket: 'bucket', Key: neighbour, Body: 'archive' });
  for (const Key of [KEY, neighbour]) {
    bucket.putTags({
      Bucket: 'bucket',
      Key,
      Tagging: { TagSet: [{ Key: UNUSED_SINCE, Value: '2020-01-01T00:00:00.000Z' }] },
    });
    bucket.openUpload({ Key: Key.replace('aaa', 'bbb') });
  }
  expect(await sweep()).toEqual({ ...NOTHING, deleted: 1, uploads: 1 });
  expect([...bucket.objects.keys()]).toEqual([neighbour]);
  expect([...bucket.uploads.values()]).toEqual(['models/churn-2/bbb/model.tar.gz']);
});

test('a used archive without a mark is looked at, and nothing is written', async () => {
  expect(await sweep(URL)).toEqual(NOTHING);
  expect(calls.filter((name) => !/^(List|Get)/.test(name))).toEqual([]);
  expect(calls.filter((name) => name === 'GetObjectTagging')).toHaveLength(1);
});
