import { type AddressInfo, createServer, type Server } from 'node:net';
import { configure, deploy, invoke, prepare, scriptFiles } from './sagemaker/hosting';
import { openStage, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

let stage: Stage;
let neighbour: Server;
beforeAll(async () => {
  stage = await openStage();
  neighbour = createServer((socket) => socket.end());
  await new Promise<void>((listening) => neighbour.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  neighbour.close();
  await stage.close();
});

/** What the model's code meets that connects to a host: `reached`, or the error that it got. */
async function reach(endpoint: string, host: string): Promise<string> {
  const { port } = neighbour.address() as AddressInfo;
  return JSON.parse((await invoke(stage, endpoint, { reach: [host, port] })).text);
}

test('an isolated container serves, and reaches nothing but itself', async () => {
  await prepare(stage, 'isolated', scriptFiles('2'), { isolated: true });
  expect(await deploy(stage, 'isolated')).toMatchObject({ EndpointStatus: 'InService' });
  expect((await invoke(stage, 'isolated', [1, 2])).text).toBe('[2.0, 4.0]');
  expect(await reach('isolated', '127.0.0.1')).toBe('reached');
  for (const host of ['192.0.2.1', 's3.us-east-1.amazonaws.com', '2001:db8::1']) {
    expect(await reach('isolated', host)).toContain(`Network is unreachable: ${host}`);
  }
});

test('a serverless endpoint is not isolated', async () => {
  await prepare(stage, 'for-instances', scriptFiles('2'), { isolated: true });
  const ServerlessConfig = { MemorySizeInMB: 1024, MaxConcurrency: 1 };
  await expect(configure(stage, 'without', 'for-instances', { ServerlessConfig })).rejects.toThrow(
    'Network isolation is not supported for serverless endpoints.',
  );
});
