import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type OpenFile, RETRIES, type Retries, readFile } from '../../../../lambda/create/archive/source/read-file';
import { TransientError } from '../../../../lambda/shared/errors';
import type { FilePosition } from '../../../../lambda/shared/registry/registry';
import { sampleBytes, streamOf } from '../../../support/archive/files';

const bytes = sampleBytes(300_000, 'noise');
const file = { source: 'weights.bin', size: bytes.length, from: 0 };
const never = new AbortController().signal;
const broken = () => new TransientError('connection lost');

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
  const all = await read(async (_source, position) => {
    positions.push(position);
    const { offset } = position;
    const end = Math.min(bytes.length, offset + 100_000);
    return {
      bytes: streamOf(bytes.subarray(offset, end), end < bytes.length ? broken() : undefined),
      etag: '"v1"',
    };
  });
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

test('an empty file is not opened at all', async () => {
  const open = jest.fn();
  expect(await buffer(Readable.from(readFile(open, { source: 'empty', size: 0, from: 0 }, never)))).toHaveLength(0);
  expect(open).not.toHaveBeenCalled();
});
