import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthProblem } from '../../../../sandbox/sagemaker/endpoints/health-check';

jest.setTimeout(20_000);

const servers: Server[] = [];
let pings: number;

/** A container that answers its pings as told, the first one being number 1. */
async function container(answer: (response: ServerResponse, ping: number) => void, ended = false) {
  pings = 0;
  const server = createServer((_request, response) => {
    pings += 1;
    answer(response, pings);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ended };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

test('passes a container whose first pings hang', async () => {
  const slow = await container((response, ping) => ping > 2 && response.end());
  const began = Date.now();
  expect(await healthProblem(slow, 10)).toBeUndefined();
  expect(pings).toBe(3);
  expect(Date.now() - began).toBeGreaterThanOrEqual(4_000);
});

test('fails a container that needs more than 2 seconds for each ping', async () => {
  const slow = await container((response) => setTimeout(() => response.end(), 2_500).unref());
  expect(await healthProblem(slow, 5)).toBe('No ping was answered within 2 seconds, for 5 seconds.');
  expect(pings).toBe(3);
});

test('asks again while nothing listens yet, until the container ended', async () => {
  const early = await container((response, ping) => (ping > 2 ? response.end() : response.destroy()));
  expect(await healthProblem(early, 5)).toBeUndefined();
  expect(pings).toBe(3);
  const ended = await container((response) => response.destroy(), true);
  expect(await healthProblem(ended, 5)).toMatch(/^The worker ended: /);
  expect(pings).toBe(1);
});

test('fails at once with the words of an error answer', async () => {
  const broken = await container((response) => response.writeHead(500).end('no such device'));
  expect(await healthProblem(broken, 5)).toBe('no such device');
  expect(pings).toBe(1);
});
