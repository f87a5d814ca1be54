import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import fc from 'fast-check';
import { LateError } from '../../../../../lambda/shared/registry/http/failure';
import { RegistryHttp } from '../../../../../lambda/shared/registry/http/registry-http';
import type { FilePosition, OpenedFile } from '../../../../../lambda/shared/registry/registry';
import { startFakeServer } from '../../../../support/fake-server';

const fake = startFakeServer();
const elsewhere = startFakeServer();
const FILE = Buffer.from('0123456789');
const bearer = { kind: 'bearer', token: 't0ken' } as const;

/** Through the registry, with our credentials. */
const proxied = (position?: FilePosition) => new RegistryHttp(fake.url(), bearer).stream('/file', {}, position);
/** By an address that the registry signed. */
const signed = (position?: FilePosition, url = `${fake.url()}/file?signature=s3cret`) =>
  new RegistryHttp(fake.url(), bearer).streamSigned(url, {}, position);

/** Serves a file as RFC 9110 says, with ranges. */
function serve(file: Buffer, etag: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const asIfWhole = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag;
    if (first === undefined || asIfWhole) {
      response.writeHead(200, { etag, 'content-length': file.length }).end(file);
    } else if (Number(first) >= file.length) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    } else {
      const range = `bytes ${first}-${file.length - 1}/${file.length}`;
      response.writeHead(206, { etag, 'content-range': range }).end(file.subarray(Number(first)));
    }
  };
}

async function failureOf(opening: Promise<OpenedFile>): Promise<Error> {
  try {
    const { bytes } = await opening;
    await buffer(bytes);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing failed');
}

describe('a position in a file', () => {
  test.each([
    ['through the registry', proxied],
    ['by a signed address', signed],
  ])('%s is where the bytes begin, whether the server honours ranges or not', async (_way, open) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300_000 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.boolean(),
        async (content, part, ranges) => {
          const file = Buffer.from(content);
          const offset = Math.floor(part * file.length);
          const answer = serve(file, '"a"');
          fake.answer = (request, response) => {
            if (!ranges) {
              delete request.headers.range;
            }
            answer(request, response);
          };
          const { bytes } = await open({ offset, etag: '"a"' });
          expect((await buffer(bytes)).equals(file.subarray(offset))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('at the end of a file has no bytes left', async () => {
    fake.answer = serve(FILE, '"a"');
    expect(await text((await signed({ offset: 10, etag: '"a"' })).bytes)).toBe('');
  });

  test.each([
    ['that the server knows', serve(FILE.subarray(0, 4), '"a"'), 'has 4 bytes'],
    [
      'that the server does not tell',
      (_request: IncomingMessage, response: ServerResponse) => response.writeHead(416).end(),
      'has fewer bytes',
    ],
    [
      'of a server without ranges',
      (_request: IncomingMessage, response: ServerResponse) => response.end('0123'),
      'has 4 bytes, fewer than the 6',
    ],
  ])('behind the end %s is refused', async (_what, answer, message) => {
    fake.answer = answer;
    const error = await failureOf(signed({ offset: 6 }));
    expect(error).toMatchObject({ name: 'RefusedError', message: expect.stringContaining(message) });
    expect(error.message).not.toContain('s3cret');
  });

  test('of a file with a weak entity tag is asked for without it', async () => {
    fake.answer = (request, response) => {
      expect(request.headers['if-range']).toBeUndefined();
      serve(FILE, 'W/"a"')(request, response);
    };
    expect(await text((await signed({ offset: 4, etag: 'W/"a"' })).bytes)).toBe('456789');
  });

  test.each([
    ['another range', 'bytes 0-9/10'],
    ['no range', ''],
    ['nonsense', 'lines 4-9/10'],
  ])('that is answered by %s is refused', async (_what, range) => {
    fake.answer = (_request, response) =>
      response.writeHead(206, range === '' ? {} : { 'content-range': range }).end(FILE);
    expect(await failureOf(signed({ offset: 4 }))).toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('bytes from 4 on'),
    });
  });

  test('nobody asked for is refused: the whole file was wanted', async () => {
    fake.answer = (_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 2-9/10' }).end(FILE.subarray(2));
    expect(await failureOf(signed())).toMatchObject({ name: 'RefusedError' });
  });

  test.each(['"b"', 'W/"a"'])('in a file that has the entity tag %s meanwhile is refused', async (now) => {
    fake.answer = serve(FILE, now);
    expect(await failureOf(signed({ offset: 4, etag: '"a"' }))).toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('changed while it was read'),
    });
  });

  test('is not compared by the tags of a registry that makes a new one for each answer', async () => {
    let answers = 0;
    fake.answer = (request, response) => serve(FILE, `"answer-${++answers}"`)(request, response);
    const opened = await proxied();
    expect(opened.etag).toBeUndefined();
    expect(await text(opened.bytes)).toBe('0123456789');
    expect(await text((await proxied({ offset: 4, etag: '"of-a-signed-address"' })).bytes)).toBe('456789');
  });
});

describe('a download that breaks', () => {
  test('in the middle is transient, and goes on at its position', async () => {
    const answer = serve(FILE, '"a"');
    fake.answer = (_request, response) => {
      response.writeHead(200, { etag: '"a"', 'content-length': FILE.length });
      response.write(FILE.subarray(0, 4), () => setImmediate(() => response.destroy()));
    };
    const { bytes, etag } = await signed();
    const read: Buffer[] = [];
    const broken = await (async () => {
      for await (const chunk of bytes) {
        read.push(chunk);
      }
    })().catch((error: Error) => error);
    expect(broken).toMatchObject({ name: 'TransientError', message: expect.stringContaining('after 4 bytes') });
    fake.answer = answer;
    const rest = await signed({ offset: 4, etag });
    expect(Buffer.concat([...read, await buffer(rest.bytes)])).toEqual(FILE);
  });

  test('while nobody listens fails the one who reads it later, and not the process', async () => {
    fake.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': FILE.length });
      response.write(FILE.subarray(0, 4), () => setImmediate(() => response.destroy()));
    };
    const { bytes } = await signed();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(text(bytes)).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('by silence is transient', async () => {
    fake.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': FILE.length });
      response.write(FILE.subarray(0, 4));
    };
    const impatient = new RegistryHttp(fake.url(), bearer, { silence: { idleMs: 50 } });
    expect(await failureOf(impatient.stream('/file', {}))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('no byte came for 0.05 s'),
    });
  });

  test('is not one that its reader lets wait', async () => {
    fake.answer = (_request, response) => response.end(Buffer.alloc(4_000_000));
    const { bytes } = await new RegistryHttp(fake.url(), bearer, { silence: { idleMs: 50 } }).stream('/file', {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await buffer(bytes)).length).toBe(4_000_000);
  });

  test('before its answer begins is transient', async () => {
    fake.answer = () => undefined;
    const impatient = new RegistryHttp(fake.url(), bearer, { silence: { answerMs: 50 } });
    const failure = await failureOf(impatient.stream('/file', {}));
    expect(failure).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('did not answer within 0.05 s'),
    });
    expect(failure).toBeInstanceOf(LateError);
  });

  test('at a server that is not there is transient', async () => {
    expect(await failureOf(signed(undefined, 'http://127.0.0.1:1/file'))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('cannot be reached'),
    });
  });

  test('with a connection that was kept, and closed meanwhile, is asked for once more', async () => {
    let asked = 0;
    fake.answer = (request, response) => {
      asked += 1;
      if (asked === 2) {
        request.socket.destroy();
      } else {
        response.end(FILE);
      }
    };
    expect(await text((await proxied()).bytes)).toBe('0123456789');
    expect(await text((await proxied()).bytes)).toBe('0123456789');
    expect(asked).toBe(3);
  });
});

describe('credentials', () => {
  test('go to the registry, and not where it redirects to', async () => {
    const asked: string[] = [];
    elsewhere.answer = (request, response) => {
      asked.push(request.url ?? '');
      response.end('stolen');
    };
    fake.answer = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer t0ken');
      response.writeHead(302, { location: `${elsewhere.url()}/file` }).end();
    };
    expect(await failureOf(proxied())).toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('redirects elsewhere'),
    });
    expect(asked).toEqual([]);
  });

  test('do not go to a signed address, also where it is at the registry itself', async () => {
    elsewhere.answer = (request, response) => response.end(JSON.stringify(request.headers));
    fake.answer = elsewhere.answer;
    for (const server of [elsewhere, fake]) {
      const sent = JSON.parse(await text((await signed(undefined, `${server.url()}/file`)).bytes)) as object;
      expect(sent).toHaveProperty('host');
      expect(sent).not.toHaveProperty('authorization');
      expect(sent).not.toHaveProperty('cookie');
    }
  });

  test('and bytes stay with TLS: a registry that is reached over it must not sign an address without it, or with a user name', async () => {
    const http = new RegistryHttp('https://127.0.0.1:1', bearer);
    for (const url of [`${fake.url()}/file`, 'https://user:word@127.0.0.1:1/file', 'file:///etc/passwd', '//x', '']) {
      await expect(http.streamSigned(url, {})).rejects.toMatchObject({
        name: 'RefusedError',
        message: expect.stringContaining('not https:'),
      });
    }
  });

  test.each([
    ['a header of several lines', { 'x-a': 'b\r\nauthorization: c' }],
    ['a header without a name', { '': 'b' }],
  ])('are not mixed with %s', async (_what, headers) => {
    await expect(
      new RegistryHttp(fake.url(), bearer).streamSigned(`${fake.url()}/file`, headers),
    ).rejects.toMatchObject({ name: 'RefusedError', message: expect.stringContaining('headers') });
  });

  test('a range of the signed headers does not change which bytes are asked for', async () => {
    fake.answer = serve(FILE, '"a"');
    const http = new RegistryHttp(fake.url(), bearer);
    const opened = await http.streamSigned(`${fake.url()}/file`, { Range: 'bytes=8-' }, { offset: 4 });
    expect(await text(opened.bytes)).toBe('456789');
  });
});
