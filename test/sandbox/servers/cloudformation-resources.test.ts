import type { Part } from '../../../sandbox/processes/part';
import { type FakeStandIn, startFakeStandIn } from './cloudformation/fake-stand-in';
import { ACCOUNT, outputsOf, type Resource, type Resources, Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

let standIn: FakeStandIn;
let ministack: Part;
let stacks: Stacks;

beforeAll(async () => {
  standIn = await startFakeStandIn();
  ministack = await startMiniStack({ sagemakerUrl: standIn.url, developerToolsUrl: standIn.url });
  stacks = new Stacks(ministack.spec.url);
}, 400_000);
afterAll(async () => {
  stacks?.client.destroy();
  await ministack?.stop();
  standIn?.close();
});
beforeEach(() => {
  standIn.answer = () => undefined;
  standIn.asked.length = 0;
});

const repository = (name: string, attributes: object = {}): Resource => ({
  Type: 'AWS::CodeCommit::Repository',
  Properties: { RepositoryName: name },
  ...attributes,
});
const endpoint = (config: string, properties: object = {}): Resource => ({
  Type: 'AWS::SageMaker::Endpoint',
  Properties: { EndpointConfigName: config, ...properties },
});
const config = (memory: number, properties: object = {}): Resource => ({
  Type: 'AWS::SageMaker::EndpointConfig',
  Properties: { ProductionVariants: [{ ServerlessConfig: { MemorySizeInMB: memory } }], ...properties },
});
const fails = (logicalId: string, message: string) => (asked: { logicalId: string; action: string }) =>
  asked.logicalId === logicalId && asked.action !== 'delete' ? message : undefined;

describe('a resource of a stand-in', () => {
  it('is made, changed and deleted there, for the account and region of its stack', async () => {
    const outputs = { Ref: { Ref: 'R' }, Name: { 'Fn::GetAtt': ['R', 'Name'] } };
    const created = await stacks.create('one', templateOf({ R: repository('first') }, outputs));
    expect(outputsOf(created)).toEqual({
      Ref: expect.stringMatching(/^R-\d+$/),
      Name: expect.stringContaining('attribute'),
    });
    await stacks.update('one', templateOf({ R: repository('second') }, outputs));
    expect((await stacks.delete('one')).StackStatus).toBe('DELETE_COMPLETE');
    const common = {
      type: 'AWS::CodeCommit::Repository',
      logicalId: 'R',
      stackName: 'one',
      account: ACCOUNT,
      region: 'us-east-1',
    };
    const physicalId = outputsOf(created).Ref;
    expect(standIn.asked).toEqual([
      { action: 'create', ...common, properties: { RepositoryName: 'first', Tags: [] } },
      {
        action: 'update',
        ...common,
        physicalId,
        properties: { RepositoryName: 'second', Tags: [] },
        oldProperties: { RepositoryName: 'first', Tags: [] },
      },
      { action: 'delete', ...common, physicalId, properties: expect.objectContaining({ RepositoryName: 'second' }) },
    ]);
  });

  it('fails its stack with its own words', async () => {
    standIn.answer = () => 'Repository named taken already exists';
    const { StackStatus } = await stacks.create('refused', templateOf({ R: repository('taken') }));
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.failures('refused')).toEqual(['Repository named taken already exists']);
  });

  it('fails the deletion of its stack when it cannot be deleted', async () => {
    await stacks.create('held', templateOf({ R: repository('held') }));
    standIn.answer = () => 'it is in use';
    const held = await stacks.delete('held');
    expect([held.StackStatus, await stacks.failures('held')]).toEqual([
      'DELETE_FAILED',
      ['it is in use', 'The following resource(s) failed to delete: [R].'],
    ]);
    standIn.answer = () => undefined;
    expect((await stacks.delete('held')).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('does not hold up the rest of MiniStack while it comes up', async () => {
    let comeUp: (value: undefined) => void = () => undefined;
    standIn.answer = () => new Promise((resolve) => (comeUp = resolve));
    const creation = stacks.create('slow', templateOf({ E: endpoint('c') }));
    while (standIn.asked.length === 0) {
      expect((await fetch(`${ministack.spec.url}/_ministack/health`)).status).toBe(200);
    }
    comeUp(undefined);
    expect((await creation).StackStatus).toBe('CREATE_COMPLETE');
  });

  it.each<[string, Resources, string]>([
    [
      'a property that is missing',
      { E: { Type: 'AWS::SageMaker::Endpoint', Properties: {} } },
      '#: required key [EndpointConfigName] not found',
    ],
    ['one that there is not', { E: endpoint('c', { Colour: 'red' }) }, '#: extraneous key [Colour] is not permitted'],
  ])('is refused for %s', async (what, resources, message) => {
    const name = what.replaceAll(/\W+/g, '-');
    await stacks.create(name, templateOf(resources));
    expect(await stacks.failures(name)).toEqual([
      `Properties validation failed for resource E with message:\n[${message}]`,
    ]);
    expect(standIn.asked).toEqual([]);
  });
});

describe('an update', () => {
  it('replaces what cannot be changed: the new one first, the old one last, in the order of their use', async () => {
    const template = (memory: number) =>
      templateOf({ C: config(memory), E: endpoint('', { EndpointConfigName: { Ref: 'C' } }) });
    await stacks.create('replaced', template(1024));
    standIn.taken();
    await stacks.update('replaced', template(2048));
    expect(standIn.taken()).toEqual(['create C', 'update E', 'delete C']);
  });

  it('refuses to replace what has a name of its own', async () => {
    await stacks.create('named', templateOf({ C: config(1024, { EndpointConfigName: 'mine' }) }));
    const { StackStatus } = await stacks.update(
      'named',
      templateOf({ C: config(2048, { EndpointConfigName: 'mine' }) }),
    );
    expect(StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stacks.failures('named')).toEqual([
      expect.stringMatching(
        /^CloudFormation cannot update a stack when a custom-named resource requires replacing\. Rename /,
      ),
    ]);
  });

  it('that fails goes back to what was, and deletes what it made', async () => {
    const before = templateOf({ A: repository('a'), E: endpoint('old') });
    const after = templateOf({
      A: repository('b'),
      B: repository('new', { DependsOn: 'A' }),
      E: { ...endpoint('bad'), DependsOn: 'B' },
    });
    await stacks.create('back', before);
    standIn.taken();
    standIn.answer = fails('E', 'The endpoint did not pass the ping health check.');
    const stack = await stacks.update('back', after);
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(standIn.taken()).toEqual(['update A', 'create B', 'update E', 'update A', 'delete B']);
    expect(await stacks.failures('back')).toEqual(['The endpoint did not pass the ping health check.']);
  });

  it('that fails after it replaced something keeps the old one and deletes the new one', async () => {
    const template = (memory: number) =>
      templateOf({ C: config(memory), E: endpoint('', { EndpointConfigName: { Ref: 'C' } }) }, { C: { Ref: 'C' } });
    const before = outputsOf(await stacks.create('kept-old', template(1024)));
    standIn.taken();
    standIn.answer = fails('E', 'no');
    const after = await stacks.update('kept-old', template(2048));
    expect([after.StackStatus, outputsOf(after)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', before]);
    const [created, , deleted] = standIn.asked;
    expect(created).toMatchObject({ action: 'create', logicalId: 'C' });
    expect(deleted).toMatchObject({ action: 'delete', logicalId: 'C' });
    expect(deleted?.physicalId).not.toBe(before.C);
  });

  it('deletes what the template has no more, after all else', async () => {
    await stacks.create('less', templateOf({ A: repository('a'), B: repository('b') }));
    standIn.taken();
    await stacks.update('less', templateOf({ B: repository('c') }));
    expect(standIn.taken()).toEqual(['update B', 'delete A']);
  });
});

describe('what is to be kept', () => {
  it('stays when its stack goes, when it leaves the template and when it is replaced', async () => {
    const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    const template = (memory: number, more: Resources = {}) =>
      templateOf({ C: { ...config(memory), ...kept }, ...more });
    await stacks.create('kept', template(1024, { R: repository('r', kept) }));
    await stacks.update('kept', template(2048));
    await stacks.delete('kept');
    expect(standIn.taken().sort()).toEqual(['create C', 'create C', 'create R']);
  });

  it('with RetainExceptOnCreate stays too, but goes when the stack that makes it fails', async () => {
    const kept = repository('r', { DeletionPolicy: 'RetainExceptOnCreate' });
    await stacks.create('except', templateOf({ R: kept }));
    await stacks.delete('except');
    expect(standIn.taken()).toEqual(['create R']);
    standIn.answer = fails('E', 'no');
    await stacks.create('except', templateOf({ R: kept, E: { ...endpoint('c'), DependsOn: 'R' } }));
    expect(standIn.taken()).toEqual(['create R', 'create E', 'delete R']);
  });
});
