import type { S3Client } from '@aws-sdk/client-s3';
import { ensureArchive } from '../../../../lambda/create/archive/ensure-archive';
import type { PackJob } from '../../../../lambda/create/archive/pack-archive';
import { TransientError } from '../../../../lambda/shared/errors';
import type { OpenFile } from '../../../../lambda/shared/registry/read-file';
import { entriesOf, opener, sampleBytes, streamOf } from '../../../support/archive/files';
import { startTestSink, type TestSink, watched } from '../../../support/archive/sink';

const MIB = 1024 * 1024;
const FILES = { MLmodel: Buffer.from('flavors: {}\n'), 'words.txt': sampleBytes(100_000, 'text') };

let sink: TestSink;

beforeAll(async () => {
  sink = await startTestSink(MIB);
});
afterAll(() => sink.close());

function ensure(key: string, open: OpenFile, more: Partial<PackJob> = {}) {
  const target = { bucket: sink.bucket, key };
  const stop = new AbortController().signal;
  return ensureArchive({ entries: entriesOf(FILES), open, client: sink.client, target, stop, ...more });
}

/** A client that cannot ask whether an object is there. */
function blind(): S3Client {
  return watched(sink.client, (command) => {
    if (command === 'HeadObjectCommand') {
      throw new Error('access denied');
    }
  });
}

test('an archive that is there is found, and no file is opened for it', async () => {
  const open = jest.fn(opener(FILES));
  expect(await ensure('models/churn/a/model.tar.gz', open)).toEqual({ outcome: 'done' });
  expect(open).toHaveBeenCalledTimes(2);
  expect(await ensure('models/churn/a/model.tar.gz', open)).toEqual({ outcome: 'found' });
  expect(open).toHaveBeenCalledTimes(2);
});

test('one that could not be finished is not there', async () => {
  const denied = () => Promise.reject(new Error('denied'));
  await expect(ensure('models/churn/b/model.tar.gz', denied)).rejects.toThrow('denied');
  expect(await ensure('models/churn/b/model.tar.gz', opener(FILES))).toEqual({ outcome: 'done' });
});

test('where S3 does not say whether it is there, nothing is packed', async () => {
  const open = jest.fn(opener(FILES));
  await expect(ensure('models/churn/c/model.tar.gz', open, { client: blind() })).rejects.toThrow('access denied');
  expect(open).not.toHaveBeenCalled();
});

test('one that is gone on with is not asked for', async () => {
  const weights = sampleBytes(9 * MIB, 'noise');
  const job = {
    client: blind(),
    entries: entriesOf({ weights }),
    partBytes: MIB,
    retries: { fruitless: 1, firstWaitMs: 1 },
  };
  const breaking = async () => ({ bytes: streamOf(weights.subarray(0, 6 * MIB), new TransientError('lost')) });
  const begun = await ensure('models/churn/d/model.tar.gz', breaking, { ...job, client: sink.client });
  const { checkpoint } = begun as Extract<typeof begun, { outcome: 'paused' }>;
  expect(await ensure('models/churn/d/model.tar.gz', opener({ weights }), { ...job, checkpoint })).toEqual({
    outcome: 'done',
  });
});
