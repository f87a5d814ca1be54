import type { S3Client } from '@aws-sdk/client-s3';
import type { Checkpoint } from '../../../lambda/create/archive/pack-archive';
import { type Placed, type Placing, placeFiles } from '../../../lambda/create/place-files';
import { TransientError } from '../../../lambda/shared/errors';
import { contentPrefix } from '../../../lambda/shared/packing/content-key';
import type { PreparedPackage } from '../../../lambda/shared/packing/prepare';
import { entriesOf, opener, sampleBytes, streamOf } from '../../support/archive/files';
import { startTestSink, type TestSink } from '../../support/archive/sink';

const FILES = { MLmodel: Buffer.from('flavors: {}\n'), 'weights.bin': sampleBytes(20 * 1024 ** 2, 'noise') };

let sink: TestSink;
let contents = 0;

beforeAll(async () => {
  sink = await startTestSink();
});
afterAll(() => sink.close());

/** The key of another artifact's content each time. */
const nextContent = () => `content-${++contents}`;
const keyOf = (contentKey: string) => `${contentPrefix('churn', contentKey)}model.tar.gz`;

/** Places the files of a version, as its step does. */
function place(contentKey: string, over: Partial<Placing> = {}): Promise<Placed> {
  return placeFiles({
    client: sink.client,
    // Two versions of one artifact have all of this in common.
    prepared: {
      packaging: { entries: entriesOf(FILES) },
      files: Object.entries(FILES).map(([path, bytes]) => ({ path, size: bytes.length })),
      read: new Map([['MLmodel', FILES.MLmodel]]),
      contentKey,
    } as unknown as PreparedPackage,
    open: opener(FILES),
    bucket: sink.bucket,
    groupName: 'churn',
    checkpoint: undefined,
    stop: new AbortController().signal,
    retries: { fruitless: 1, firstWaitMs: 1 },
    ...over,
  });
}

/** Calls that wait until so many have come. */
function gate(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    count -= 1;
    if (count === 0) {
      open();
    }
    return opened;
  };
}

test('two versions of one artifact at the same time get one archive: S3 keeps the first, and no parts stay', async () => {
  const content = nextContent();
  const answers: unknown[] = [];
  const bothAreComplete = gate(2);
  const client = Object.assign(Object.create(sink.client) as S3Client, {
    send: async (command: object) => {
      if (command.constructor.name !== 'CompleteMultipartUploadCommand') {
        return sink.client.send(command as never);
      }
      await bothAreComplete();
      return sink.client.send(command as never).then(
        (answer) => answers.push('completed') && answer,
        (error: Error) => Promise.reject(answers.push(error.name) && error),
      );
    },
  });
  const url = `s3://${sink.bucket}/${keyOf(content)}`;
  expect(await Promise.all([place(content, { client }), place(content, { client })])).toEqual([
    { outcome: 'done', url },
    { outcome: 'done', url },
  ]);
  expect(answers.sort()).toEqual(['PreconditionFailed', 'completed']);
  expect(await sink.read(keyOf(content))).toBeDefined();
  expect([...sink.uploads.values()]).not.toContain(keyOf(content));
}, 60_000);

test('an archive that is there is found, and no file is opened for it', async () => {
  const content = nextContent();
  const { url } = (await place(content)) as { url: string };
  const open = jest.fn(opener(FILES));
  expect(await place(content, { open })).toEqual({ outcome: 'found', url });
  expect(open).not.toHaveBeenCalled();
}, 60_000);

test('an archive that another version completed meanwhile is not continued, and its parts do not stay', async () => {
  const content = nextContent();
  const breaking: Placing['open'] = async (source, position) =>
    source === 'MLmodel'
      ? opener(FILES)(source, position)
      : { bytes: streamOf(FILES['weights.bin'].subarray(position.offset, 15 * 1024 ** 2), new TransientError('lost')) };
  const paused = await place(content, { open: breaking });
  const { checkpoint } = paused as { checkpoint: Checkpoint };
  await place(content);
  const open = jest.fn(opener(FILES));
  expect(await place(content, { open, checkpoint })).toMatchObject({ outcome: 'found' });
  expect(open).not.toHaveBeenCalled();
  expect([...sink.uploads.values()]).not.toContain(keyOf(content));
}, 60_000);
