import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { timeLimits } from '../../../lambda/shared/time-limits';

const LAMBDA = join(__dirname, '..', '..', '..', 'lambda');
const OBJECT = { Bucket: 'bucket', Key: 'key' };

const open = new Set<Server>();

async function listen(server: Server): Promise<S3Client> {
  open.add(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return new S3Client({
    ...timeLimits(200),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true,
    maxAttempts: 2,
  });
}

const answering = (answer: RequestListener) => listen(createServer(answer));

afterEach(() => {
  for (const server of open) {
    server.close();
    (server as Server & { closeAllConnections?: () => void }).closeAllConnections?.();
  }
  open.clear();
});

test('a server that accepts and never answers is given up', async () => {
  let connections = 0;
  const client = await listen(
    createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    }),
  );
  await expect(client.send(new GetObjectCommand(OBJECT))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(connections).toBe(2);
});

test('an answer that stops is given up', async () => {
  const client = await answering((_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('begun');
  });
  const { Body } = await client.send(new GetObjectCommand(OBJECT));
  await expect(Body?.transformToString()).rejects.toThrow();
});

test('a slow answer that goes on is read to its end', async () => {
  const client = await answering((_request, response) => {
    response.writeHead(200, { 'content-length': '5' });
    let left = 5;
    const timer = setInterval(() => {
      response.write('x');
      left -= 1;
      if (left === 0) {
        clearInterval(timer);
        response.end();
      }
    }, 100);
  });
  const { Body } = await client.send(new GetObjectCommand(OBJECT));
  expect(await Body?.transformToString()).toBe('xxxxx');
});

test('every client of AWS in a function has these limits', () => {
  const files = readdirSync(LAMBDA, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const made = files.flatMap((file) =>
    [...readFileSync(join(LAMBDA, file), 'utf8').matchAll(/new [A-Z]\w*Client\(([\s\S]*?)\n?\s*\)[,;]?\n/g)].map(
      ([text]) => ({ file, text }),
    ),
  );
  expect(made.length).toBeGreaterThan(15);
  expect(made.filter(({ text }) => !text.includes('timeLimits('))).toEqual([]);
});
