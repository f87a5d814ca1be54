import { CHUNK_BYTES } from '../../../../lambda/create/archive/chunks';
import { DeflateWorker } from '../../../../lambda/create/archive/gzip/deflate-worker';
import { Deflaters } from '../../../../lambda/create/archive/gzip/deflaters';

const os = jest.requireActual<typeof import('node:os')>('node:os');
const processors = jest.spyOn(os, 'availableParallelism');
const deflate = jest.spyOn(DeflateWorker.prototype, 'deflate');
const close = jest.spyOn(DeflateWorker.prototype, 'close');
afterEach(() => jest.clearAllMocks());
afterAll(() => jest.restoreAllMocks());

const chunk = () => Buffer.allocUnsafeSlow(CHUNK_BYTES).fill(7);

/** The numbers of the threads that chunks went to, in the order in which they were first met. */
function threads(): number[] {
  const met = [...new Set(deflate.mock.contexts)];
  return deflate.mock.contexts.map((worker) => met.indexOf(worker));
}

test.each([
  [2, [0, 1, 0, 1, 0]],
  [16, [0, 1, 2, 3, 0]],
])('with %i processors, chunks that come at once go to the thread that has least to do', async (count, expected) => {
  processors.mockReturnValue(count);
  const deflaters = new Deflaters();
  await Promise.all(expected.map(() => deflaters.deflate(chunk())));
  expect(threads()).toEqual(expected);
  await deflaters.close();
  expect(new Set(close.mock.contexts)).toEqual(new Set(deflate.mock.contexts));
});

test('a thread that has nothing to do is taken before another one is started', async () => {
  processors.mockReturnValue(4);
  const deflaters = new Deflaters();
  for (let chunks = 0; chunks < 3; chunks++) {
    await deflaters.deflate(chunk());
  }
  expect(threads()).toEqual([0, 0, 0]);
  await deflaters.close();
});
