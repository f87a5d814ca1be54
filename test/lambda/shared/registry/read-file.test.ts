import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TransientError } from '../../../../lambda/shared/errors';
import { type OpenFile, RETRIES, type Retries, readFile } from '../../../../lambda/shared/registry/read-file';
import type { FilePosition } from '../../../../lambda/shared/registry/registry';
import { sampleBytes, streamOf } from '../../../support/archive/files';

const bytes = sampleBytes(300_000, 'noise');
const file = { source: 'weights.bin', size: bytes.length, from: 0 };
const never = new AbortController().signal;
const broken = () => new TransientError('connection lost');

afterEach(() => jest.restoreAllMocks());

function read(
  open: OpenFile,
  from = 0,
  signal = never,
  retries: Retries = { fruitless: 5, firstWaitMs: 1 },
): Promise<Buffer> {
  return buffer(Readable.from(readFile(open, { ...file, from }, signal, retries)));
}

test('a download that breaks is gone on with where it broke', async () => {
  const positions: FilePosition[] = [];
  const open: OpenFile = async (_source, position) => {
    positions.push(position);
    const { offset } = position;
    const end = Math.min(bytes.length, offset + 100_000);
    return {
      bytes: streamOf(bytes.subarray(offset, end), end < bytes.length ? broken() : undefined),
      etag: '"v1"',
      size: bytes.length,
    };
  };
  // Each try brings something, so the count of those that do not begins again.
  const all = await read(open, 0, never, { fruitless: 2, firstWaitMs: 1 });
  expect(all.equals(bytes)).toBe(true);
  expect(positions).toEqual([
    { offset: 0, etag: undefined },
    { offset: 100_000, etag: '"v1"' },
    { offset: 200_000, etag: '"v1"' },
  ]);
});

test('it begins where it is told to', async () => {
  const rest = await read(async (_source, { offset }) => ({ bytes: streamOf(bytes.subarray(offset)) }), 123_456);
  expect(rest.equals(bytes.subarray(123_456))).toBe(true);
});

test('a stream that ends early without an error is gone on with too', async () => {
  const all = await read(async (_source, { offset }) => ({
    bytes: streamOf(bytes.subarray(offset, offset === 0 ? 1000 : undefined)),
  }));
  expect(all.equals(bytes)).toBe(true);
});

test('tries that bring nothing end after some, with the last reason', async () => {
  let tries = 0;
  const fail: OpenFile = async () => {
    tries++;
    throw broken();
  };
  await expect(read(fail)).rejects.toThrow('connection lost');
  expect(tries).toBe(5);
}, 30_000);

test('between tries it waits longer each time', async () => {
  const timers = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
  const wait = jest.spyOn(timers, 'setTimeout').mockResolvedValue(undefined);
  await expect(buffer(Readable.from(readFile(() => Promise.reject(broken()), file, never)))).rejects.toThrow();
  expect(wait.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
});

test('what trying again does not mend is not tried again', async () => {
  let tries = 0;
  const denied: OpenFile = async () => {
    tries++;
    throw new Error('denied');
  };
  await expect(read(denied)).rejects.toThrow('denied');
  expect(tries).toBe(1);
});

test('a file that is longer than listed is refused', async () => {
  const longer: OpenFile = async () => ({ bytes: streamOf(Buffer.concat([bytes, bytes])) });
  await expect(read(longer)).rejects.toThrow(/size mismatch: .*"weights.bin" with 300000 bytes and delivers at least/);
});

test('the signal ends a stream that hangs, and the waiting between tries', async () => {
  for (const open of [
    async () => ({ bytes: new Readable({ read: () => undefined }) }),
    async () => Promise.reject(broken()),
  ] satisfies OpenFile[]) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('time is over')), 100);
    await expect(read(open, 0, stop.signal, RETRIES)).rejects.toThrow();
  }
});

test('a file that is listed as empty is looked at, and has to be empty', async () => {
  const empty = { source: 'empty', size: 0, from: 0 };
  const none = jest.fn(async () => ({ bytes: streamOf(Buffer.alloc(0)) }));
  expect(await buffer(Readable.from(readFile(none, empty, never)))).toHaveLength(0);
  expect(none).toHaveBeenCalledTimes(1);
  const some: OpenFile = async () => ({ bytes: streamOf(bytes) });
  await expect(buffer(Readable.from(readFile(some, empty, never)))).rejects.toThrow('size mismatch');
});

test('a file that breaks off after its last listed byte is not whole: it may have more', async () => {
  const longer = Buffer.concat([bytes, Buffer.from('more')]);
  const cut: OpenFile = async (_source, { offset }) =>
    offset === 0
      ? { bytes: streamOf(longer.subarray(0, bytes.length), broken()) }
      : { bytes: streamOf(longer.subarray(offset)) };
  await expect(read(cut)).rejects.toThrow('size mismatch');
  const whole: OpenFile = async (_source, { offset }) => ({
    bytes: streamOf(bytes.subarray(offset), offset === 0 ? broken() : undefined),
  });
  expect((await read(whole)).equals(bytes)).toBe(true);
});

test('a file that ends early each time is shorter than listed, and no fault of the network', async () => {
  const short: OpenFile = async (_source, { offset }) => ({ bytes: streamOf(bytes.subarray(offset, -1)) });
  await expect(read(short)).rejects.toMatchObject({
    name: 'RefusedError',
    message: expect.stringContaining('with 300000 bytes and delivers 299999'),
  });
});

test('where the server says another size, nothing is read', async () => {
  const opened = { bytes: streamOf(bytes), size: bytes.length + 1 };
  await expect(read(async () => opened)).rejects.toThrow('delivers 300001');
  expect(opened.bytes.destroyed).toBe(true);
});

test('a server that asks for time gets it, if it is not too much', async () => {
  let tries = 0;
  const busy: OpenFile = async () => {
    tries++;
    if (tries === 1) {
      throw new TransientError('busy', { retryAfterMs: 200 });
    }
    return { bytes: streamOf(bytes) };
  };
  const begun = performance.now();
  await read(busy);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(195);
  const closed: OpenFile = async () => Promise.reject(new TransientError('closed', { retryAfterMs: 6 * 3_600_000 }));
  await expect(read(closed)).rejects.toThrow('closed');
});

test('half a minute is waited if a server asks for it, unless the time is over meanwhile', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const closed: OpenFile = async () => Promise.reject(new TransientError('closed', { retryAfterMs: 30_000 }));
  await expect(read(closed, 0, stop.signal)).rejects.toThrow('abort');
});

test('where the time is over already, not a byte is read', async () => {
  const over = AbortSignal.abort(new Error('time is over'));
  await expect(read(async () => ({ bytes: streamOf(bytes) }), 0, over)).rejects.toThrow('time is over');
});

test('a signal that serves many files keeps nothing of those that were read', async () => {
  const { signal } = new AbortController();
  await read(async () => ({ bytes: streamOf(bytes) }), 0, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
