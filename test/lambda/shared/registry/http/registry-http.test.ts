import { gzipSync } from 'node:zlib';
import { LateError } from '../../../../../lambda/shared/registry/http/failure';
import { RegistryHttp } from '../../../../../lambda/shared/registry/http/registry-http';
import { startFakeServer } from '../../../../support/fake-server';

const fake = startFakeServer();
const http = () => new RegistryHttp(fake.url(), { kind: 'none' });

function answerGzip(bytes: Buffer): void {
  fake.answer = (request, response) => {
    expect(request.headers['accept-encoding']).toBe('gzip');
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes);
  };
}

test('JSON comes compressed where the server can', async () => {
  answerGzip(gzipSync(JSON.stringify({ name: '名' })));
  expect(await http().get('/models')).toEqual({ name: '名' });
});

test('a refusal that comes compressed is read like any other', async () => {
  fake.answer = (_request, response) => {
    const text = JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such model' });
    response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync(text));
  };
  await expect(http().get('/models')).rejects.toMatchObject({
    code: 'RESOURCE_DOES_NOT_EXIST',
    message: expect.stringContaining('no such model'),
  });
});

test('a small answer that becomes a large one fills no memory', async () => {
  answerGzip(gzipSync(Buffer.alloc(65 * 1024 * 1024, ' ')));
  await expect(http().get('/models')).rejects.toMatchObject({
    name: 'RefusedError',
    message: expect.stringContaining('answered more than 67108864 bytes'),
  });
});

test('what is not gzip although it says so is refused', async () => {
  answerGzip(Buffer.from('{}'));
  await expect(http().get('/models')).rejects.toMatchObject({ message: expect.stringContaining('not gzip') });
});

test('an answer that breaks off is transient', async () => {
  fake.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"name":', () => setImmediate(() => response.destroy()));
  };
  await expect(http().get('/models')).rejects.toMatchObject({ name: 'TransientError' });
});

test('an answer that begins and does not end is late after half a minute, however steadily it comes', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  try {
    const begun = new Promise<void>((resolve) => {
      fake.answer = (_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{"name":', () => resolve());
      };
    });
    const answer = http()
      .get('/models')
      .catch((error: unknown) => error);
    await begun;
    // Until the beginning has come over the wire.
    while (jest.getTimerCount() < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await jest.advanceTimersByTimeAsync(31_000);
    const failure = await answer;
    expect(failure).toBeInstanceOf(LateError);
    expect(failure).toMatchObject({ message: expect.stringContaining('in full within 30 s') });
  } finally {
    jest.useRealTimers();
  }
});

test('what changes something is not sent twice when its connection ends without an answer', async () => {
  const methods: string[] = [];
  fake.answer = (request) => {
    methods.push(request.method ?? '');
    request.socket.destroy();
  };
  await expect(http().send('POST', '/webhooks', { name: 'one' })).rejects.toMatchObject({ name: 'TransientError' });
  await expect(http().get('/webhooks')).rejects.toMatchObject({ name: 'TransientError' });
  expect(methods).toEqual(['POST', 'GET', 'GET']);
});
