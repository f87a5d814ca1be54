import { ensureArchive } from '../../../../lambda/create/archive/ensure-archive';
import type { OpenFile } from '../../../../lambda/shared/registry/read-file';
import { entriesOf, opener, sampleBytes } from '../../../support/archive/files';
import { startTestSink, type TestSink } from '../../../support/archive/sink';

const FILES = { MLmodel: Buffer.from('flavors: {}\n'), 'words.txt': sampleBytes(100_000, 'text') };

let sink: TestSink;

beforeAll(async () => {
  sink = await startTestSink();
});
afterAll(() => sink.close());

function ensure(key: string, open: OpenFile) {
  const target = { bucket: sink.bucket, key };
  const stop = new AbortController().signal;
  return ensureArchive({ entries: entriesOf(FILES), open, client: sink.client, target, stop });
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
