import type { ResourceHandler } from '../../../../sandbox/aws-json/cloudformation';
import { type ListeningServer, startServer } from '../../../../sandbox/aws-json/server';

const seen: unknown[] = [];
const handler: ResourceHandler = {
  create: async (request) => {
    seen.push(request);
    if (request.properties.Name === 'taken') throw new Error('taken exists already');
    return { physicalId: 'id-1', attributes: { Arn: 'arn' } };
  },
  update: ({ physicalId, oldProperties }) => ({
    physicalId: `${physicalId}-${String(oldProperties.Name)}`,
    attributes: {},
  }),
  delete: (request) => void seen.push(request),
};

let server: ListeningServer;
beforeAll(async () => {
  server = await startServer({
    port: 0,
    awsEndpoint: 'http://127.0.0.1:9',
    log: () => undefined,
    endpoints: [],
    resources: () => new Map([['AWS::Some::Thing', handler]]),
  });
});
afterAll(() => server.close());

const base = {
  type: 'AWS::Some::Thing',
  logicalId: 'Thing',
  stackName: 'stack',
  account: '111122223333',
  region: 'us-east-1',
};

async function ask(body: object): Promise<[number, unknown]> {
  const response = await fetch(`${server.url}/_cloudformation`, {
    method: 'POST',
    body: JSON.stringify({ ...base, ...body }),
  });
  return [response.status, await response.json()];
}

test('a resource is made for the account and region of the stack', async () => {
  const made = await ask({ action: 'create', properties: { Name: 'new' } });
  expect(made).toEqual([200, { physicalId: 'id-1', attributes: { Arn: 'arn' } }]);
  expect(seen.at(-1)).toMatchObject({
    caller: { account: '111122223333', region: 'us-east-1' },
    logicalId: 'Thing',
    stackName: 'stack',
    properties: { Name: 'new' },
  });
});

test('an update sees the former properties, a deletion the physical id', async () => {
  const changed = await ask({ action: 'update', physicalId: 'id', oldProperties: { Name: 'old' }, properties: {} });
  expect(changed).toEqual([200, { physicalId: 'id-old', attributes: {} }]);
  expect(await ask({ action: 'delete', physicalId: 'id' })).toEqual([200, {}]);
  expect(seen.at(-1)).toMatchObject({ physicalId: 'id' });
});

test.each([
  ['what the handler refuses', { action: 'create', properties: { Name: 'taken' } }, 'taken exists already'],
  ['a type that is not here', { action: 'create', type: 'AWS::Other::Thing' }, 'AWS::Other::Thing is not made here'],
  ['an update without a physical id', { action: 'update' }, 'physicalId'],
])('%s is the reason', async (_what, body, reason) => {
  expect(await ask(body)).toEqual([400, { message: expect.stringContaining(reason) }]);
});
