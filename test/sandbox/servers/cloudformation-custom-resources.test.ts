import type { Part } from '../../../sandbox/processes/part';
import { outputsOf, type Resource, Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

/** A provider that fails on request, and tells how often it was called for what in an attribute. */
const PROVIDER = `
const fs = require('node:fs');
const CRASHED = require('node:os').tmpdir() + '/crashed';
const calls = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
exports.handler = async (event) => {
  const { fail = [], attribute = 'Calls', crash } = event.ResourceProperties;
  if (crash && !fs.existsSync(CRASHED)) { fs.writeFileSync(CRASHED, ''); throw new Error('crashed'); }
  if (event.ResourceProperties.slow) await sleep(500);
  calls.push(event.RequestType + ' ' + event.LogicalResourceId);
  const failed = fail.includes(event.RequestType);
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
    Status: failed ? 'FAILED' : 'SUCCESS',
    Reason: failed ? 'it broke' : undefined,
    PhysicalResourceId: event.PhysicalResourceId ?? 'resource-' + event.LogicalResourceId,
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    Data: { [attribute]: calls.join(', ') },
  })});
};`;

const trust = { Version: '2012-10-17', Statement: [] };
const PROVIDER_RESOURCES: Record<string, Resource> = {
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
  Provider: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'provider',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { ZipFile: PROVIDER },
    },
  },
};

let ministack: Part;
let stacks: Stacks;
let provider: string;

beforeAll(async () => {
  ministack = await startMiniStack();
  stacks = new Stacks(ministack.spec.url);
  const outputs = { Arn: { 'Fn::GetAtt': ['Provider', 'Arn'] } };
  const stack = await stacks.create('provider', templateOf(PROVIDER_RESOURCES, outputs), ['CAPABILITY_IAM']);
  provider = outputsOf(stack).Arn ?? '';
}, 400_000);
afterAll(async () => {
  stacks?.client.destroy();
  await ministack?.stop();
});

const custom = (properties: object = {}): Resource => ({
  Type: 'Custom::Thing',
  Properties: { ServiceToken: provider, ...properties },
});
const calls = { Calls: { 'Fn::GetAtt': ['Teller', 'Calls'] } };

it('that cannot be made is deleted again, and the stack says why', async () => {
  const stack = await stacks.create('fails', templateOf({ Failing: custom({ fail: ['Create'] }) }));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await stacks.failures('fails')).toEqual([
    'Received response status [FAILED] from custom resource. Message returned: it broke',
  ]);
  const after = await stacks.create('after', templateOf({ Teller: custom() }, calls));
  expect(outputsOf(after).Calls).toMatch(/Create Failing, Delete Failing, Create Teller$/);
});

it('that was made is deleted when the rest of its stack fails', async () => {
  const failing = custom({ fail: ['Create'] });
  await stacks.create('rolls-back', templateOf({ Good: custom(), Bad: { ...failing, DependsOn: 'Good' } }));
  const after = await stacks.create('after-rollback', templateOf({ Teller: custom() }, calls));
  expect(outputsOf(after).Calls).toMatch(/Create Good, Create Bad, Delete Bad, Delete Good, Create Teller$/);
});

it("answers in one account while the other's function of the same name is deployed", async () => {
  const others = new Stacks(ministack.spec.url, '222222222222');
  const template = templateOf(PROVIDER_RESOURCES);
  const deployed = others.create('provider', template, ['CAPABILITY_IAM']);
  const made = stacks.create('beside', templateOf({ Teller: custom({ slow: true }) }, calls));
  expect((await deployed).StackStatus).toBe('CREATE_COMPLETE');
  // The function that was called before still runs.
  expect(outputsOf(await made).Calls).toMatch(/, Create Teller$/);
  others.client.destroy();
});

it('is made all the same when its provider crashes once', async () => {
  const stack = await stacks.create('crashes', templateOf({ Teller: custom({ crash: true }) }, calls));
  expect([stack.StackStatus, outputsOf(stack).Calls]).toEqual([
    'CREATE_COMPLETE',
    expect.stringContaining('Create Teller'),
  ]);
});

it('fails whoever refers to an attribute that its provider does not answer', async () => {
  const stack = await stacks.create('vague', templateOf({ Teller: custom({ attribute: 'Other' }) }, calls));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await stacks.failures('vague')).toEqual([
    "CustomResource attribute error: Vendor response doesn't contain Calls attribute in object Teller",
  ]);
});
