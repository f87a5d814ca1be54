import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabricksFront, startDatabricksFront } from '../../../../sandbox/databricks/front';
import { type FakeServer, fakeServer, json, replay } from './fake-mlflow';

const TOKEN = 'dapi-test';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const GET_MODEL = '/api/2.0/mlflow/registered-models/get';
const FILE = randomBytes(3_000_000);

let mlflow: FakeServer;
let front: DatabricksFront;
let uploadDigest: string | undefined;
let abandoned = false;

function sendFile(request: IncomingMessage, response: import('node:http').ServerResponse): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from !== undefined && to !== undefined) {
    const part = FILE.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${to}/${FILE.length}`;
    response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part);
    return;
  }
  response.writeHead(200, {
    'content-length': FILE.length,
    connection: 'x-internal',
    'x-internal': '1',
    'x-kept': '1',
  });
  response.end(request.method === 'HEAD' ? undefined : FILE);
}

beforeAll(async () => {
  mlflow = await fakeServer({
    [`GET ${GET_MODEL}`]: replay('rest-rm-get'),
    'GET /file': sendFile,
    'HEAD /file': sendFile,
    'GET /chunks': (_, response) => {
      response.writeHead(200).write('one');
      response.end('two');
    },
    'GET /empty': (_, response) => void response.writeHead(304).end(),
    'GET /endless': (_, response) => {
      response.writeHead(200).write('x');
      response.once('close', () => {
        abandoned = true;
      });
    },
    'PUT /upload': async (request, response) => {
      const hash = createHash('sha256');
      for await (const chunk of request) hash.update(chunk as Buffer);
      uploadDigest = hash.digest('hex');
      response
        .writeHead(200)
        .end(request.headers['transfer-encoding'] ?? `length ${request.headers['content-length']}`);
    },
    'PUT /early': (_, response) => void response.writeHead(400, { 'content-type': 'text/plain' }).end('enough'),
    'DELETE /thing': json({}),
    'POST /nothing': json({}),
  });
  front = await startDatabricksFront({
    port: 0,
    mlflowUri: mlflow.url,
    token: TOKEN,
    log: () => undefined,
  });
});

afterAll(async () => {
  await front.close();
  await mlflow.close();
});

const get = (path: string, headers: Record<string, string> = BEARER) => fetch(`${front.url}${path}`, { headers });

test.each([
  ['none', {}, 401],
  ['another scheme', { authorization: `Basic ${Buffer.from('ann:pass').toString('base64')}` }, 401],
  ['a wrong token', { authorization: 'Bearer dapi-tesT' }, 403],
])('%s is refused, and MLflow hears nothing of it', async (_, headers, status) => {
  const before = mlflow.seen.length;
  const answer = await get(`${GET_MODEL}?name=sk-model`, headers as Record<string, string>);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error_code: String(status), message: expect.any(String) });
  expect(mlflow.seen).toHaveLength(before);
});

describe('headers', () => {
  test('neither credentials nor an origin reach MLflow, which gets its own name as Host', async () => {
    await get(`${GET_MODEL}?name=a%20b`, { ...BEARER, origin: 'http://elsewhere', 'x-custom': 'kept' });
    const { url, headers } = mlflow.seen.at(-1) ?? { url: '', headers: {} };
    expect(url).toBe(`${GET_MODEL}?name=a%20b`);
    expect(headers).toMatchObject({ host: new URL(mlflow.url).host, 'x-custom': 'kept' });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('origin');
  });

  test('headers of one connection stay there', async () => {
    const answer = await get('/file');
    await answer.arrayBuffer();
    expect(answer.headers.get('x-internal')).toBeNull();
    expect(answer.headers.get('x-kept')).toBe('1');
  });
});

describe('bodies', () => {
  test('a download is passed on with its length, its ranges and its head', async () => {
    const whole = await get('/file');
    expect(whole.headers.get('content-length')).toBe(String(FILE.length));
    expect(Buffer.from(await whole.arrayBuffer()).equals(FILE)).toBe(true);

    const part = await get('/file', { ...BEARER, range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${FILE.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(FILE.subarray(10, 20))).toBe(true);

    const head = await fetch(`${front.url}/file`, { method: 'HEAD', headers: BEARER });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(FILE.length)]);
  });

  test('a body of unknown length, and none', async () => {
    expect(await (await get('/chunks')).text()).toBe('onetwo');
    expect((await get('/empty')).status).toBe(304);
    expect((await fetch(`${front.url}/thing`, { method: 'DELETE', headers: BEARER })).status).toBe(200);
    await fetch(`${front.url}/nothing`, { method: 'POST', headers: BEARER });
    expect(mlflow.seen.at(-1)?.headers).toMatchObject({ 'content-length': '0' });
  });

  test('an upload is passed on whole, chunked or with its length', async () => {
    const digest = createHash('sha256').update(FILE).digest('hex');
    const upload = (body: Buffer | ReadableStream) =>
      fetch(`${front.url}/upload`, {
        method: 'PUT',
        headers: BEARER,
        body,
        duplex: 'half',
      } as RequestInit);
    expect(await (await upload(FILE)).text()).toBe(`length ${FILE.length}`);
    expect(uploadDigest).toBe(digest);
    uploadDigest = undefined;
    expect(await (await upload(Readable.toWeb(Readable.from([FILE.subarray(0, 7), FILE.subarray(7)])))).text()).toBe(
      'chunked',
    );
    expect(uploadDigest).toBe(digest);
  });

  test('a refusal in the middle of an upload reaches the client', async () => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(`${front.url}/early`, { method: 'PUT', headers: BEARER }, resolve);
      request.on('error', reject);
      request.write(FILE);
    });
    expect(answer.statusCode).toBe(400);
    answer.destroy();
  });

  test('a client that goes away ends the request at MLflow', async () => {
    const client = new AbortController();
    await fetch(`${front.url}/endless`, { headers: BEARER, signal: client.signal });
    client.abort();
    for (let tries = 0; !abandoned && tries < 100; tries++) await sleep(20);
    expect(abandoned).toBe(true);
  });
});

describe('faults', () => {
  test('an MLflow that cannot be reached is a 503', async () => {
    const unused = await fakeServer({});
    await unused.close();
    const log: string[] = [];
    const lone = await startDatabricksFront({
      port: 0,
      mlflowUri: unused.url,
      token: TOKEN,
      log: (line) => log.push(line),
    });
    const answer = await fetch(`${lone.url}${GET_MODEL}`, { headers: BEARER });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
    expect(log.join()).toContain(GET_MODEL);
    await lone.close();
  });

  test('an absurd request target does not end the server', async () => {
    const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
    socket.write('GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answered = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(answered).toMatch(/^HTTP\/1\.1 400/);
    socket.destroy();
    expect((await get(GET_MODEL)).status).toBe(200);
  });
});
