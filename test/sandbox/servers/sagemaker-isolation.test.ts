import { type AddressInfo, createServer, type Server } from 'node:net';
import { canConfine } from '../../../sandbox/sagemaker/endpoints/confinement';
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
  if (!(await canConfine())) {
    console.warn('This machine cannot isolate containers: nothing is tested of that.');
    return;
  }
  expect(await reach('isolated', '127.0.0.1')).toContain('Connection refused');
  expect(await reach('isolated', '192.0.2.1')).toContain('Network is unreachable');
  expect(await reach('isolated', '2001:db8::1')).toMatch(/Network is unreachable|Cannot assign requested address/);
  expect(await reach('isolated', 's3.us-east-1.amazonaws.com')).toMatch(/name resolution|not known/);
});

test('a serverless endpoint is not isolated', async () => {
  await prepare(stage, 'for-instances', scriptFiles('2'), { isolated: true });
  const ServerlessConfig = { MemorySizeInMB: 1024, MaxConcurrency: 1 };
  await expect(configure(stage, 'without', 'for-instances', { ServerlessConfig })).rejects.toThrow(
    'Network isolation is not supported for serverless endpoints.',
  );
});
