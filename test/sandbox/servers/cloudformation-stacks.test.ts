import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, GetPolicyCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { type FakeStandIn, startFakeStandIn } from './cloudformation/fake-stand-in';
import { ACCOUNT, outputsOf, type Resource, Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';

jest.setTimeout(60_000);

let standIn: FakeStandIn;
let ministack: Part;
let stacks: Stacks;

beforeAll(async () => {
  standIn = await startFakeStandIn();
  ministack = await startMiniStack({ developerToolsUrl: standIn.url });
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

/** Makes the next thing that is asked of the stand-in wait. @returns what ends the wait */
function holdNext(): { asked: Promise<void>; go: () => void } {
  let go: () => void = () => undefined;
  const asked = new Promise<void>((reached) => {
    standIn.answer = () => {
      reached();
      standIn.answer = () => undefined;
      return new Promise((resolve) => (go = () => resolve(undefined)));
    };
  });
  return { asked, go: () => go() };
}

async function changeSet(StackName: string, ChangeSetType: 'CREATE' | 'UPDATE', TemplateBody: string): Promise<void> {
  await stacks.client.send(
    new CreateChangeSetCommand({ StackName, ChangeSetType, ChangeSetName: 'changes', TemplateBody }),
  );
}

describe('a stack that rolled back after its creation', () => {
  const template = templateOf({ R: repository('r') });

  beforeAll(async () => {
    standIn.answer = () => 'no';
    expect((await stacks.create('failed', template)).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  it('is not updated, directly or by a change set', async () => {
    const refusal =
      /^Stack:arn:aws:cloudformation:us-east-1:\d{12}:stack\/failed\/\S+ is in ROLLBACK_COMPLETE state and can not be updated\.$/;
    await expect(stacks.update('failed', template)).rejects.toThrow(refusal);
    await expect(changeSet('failed', 'UPDATE', template)).rejects.toThrow(refusal);
  });

  it('is not created again before it is deleted', async () => {
    await expect(stacks.create('failed', template)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await expect(changeSet('failed', 'CREATE', template)).rejects.toThrow(
      'Stack [failed] already exists and cannot be created again with the changeSet [changes].',
    );
    await stacks.delete('failed');
    expect((await stacks.create('failed', template)).StackStatus).toBe('CREATE_COMPLETE');
  });
});

describe('a stack that is at work', () => {
  it('is neither deleted nor updated during an update', async () => {
    await stacks.create('busy', templateOf({ R: repository('a') }));
    const { asked, go } = holdNext();
    const update = stacks.update('busy', templateOf({ R: repository('b') }));
    await asked;
    await expect(stacks.delete('busy')).rejects.toThrow(
      /^Stack \[arn:\S+\] cannot be deleted while in status UPDATE_IN_PROGRESS$/,
    );
    await expect(stacks.update('busy', templateOf({ R: repository('c') }))).rejects.toThrow(
      'is in UPDATE_IN_PROGRESS state',
    );
    await expect(changeSet('busy', 'UPDATE', templateOf({ R: repository('c') }))).rejects.toThrow(
      'is in UPDATE_IN_PROGRESS state',
    );
    go();
    expect((await update).StackStatus).toBe('UPDATE_COMPLETE');
  });

  it('executes no change set that was made before', async () => {
    await stacks.create('planned', templateOf({ R: repository('a') }));
    await changeSet('planned', 'UPDATE', templateOf({ R: repository('x') }));
    await stacks.client.send(new DescribeChangeSetCommand({ StackName: 'planned', ChangeSetName: 'changes' }));
    const { asked, go } = holdNext();
    const deletion = stacks.delete('planned');
    await asked;
    const execute = new ExecuteChangeSetCommand({ StackName: 'planned', ChangeSetName: 'changes' });
    await expect(stacks.client.send(execute)).rejects.toThrow();
    go();
    expect((await deletion).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('can be deleted during its creation: what has not begun is not made, what was made goes', async () => {
    const { asked, go } = holdNext();
    const creation = stacks.create('early', templateOf({ A: repository('a'), B: repository('b', { DependsOn: 'A' }) }));
    await asked;
    const { StackId = '' } = await stacks.describe('early');
    await stacks.client.send(new DeleteStackCommand({ StackName: 'early' }));
    await sleep(100);
    go();
    await creation.catch(() => undefined);
    while ((await stacks.settled(StackId)).StackStatus !== 'DELETE_COMPLETE') {
      await sleep(50);
    }
    expect(standIn.taken()).toEqual(['create A', 'delete A']);
    expect(await stacks.failures(StackId)).toEqual(['Resource creation cancelled']);
  });
});

describe('IAM resources', () => {
  const trust = { Version: '2012-10-17', Statement: [] };
  const role = (properties: object = {}): Resource => ({
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust, ...properties },
  });
  const policy = (name: string): Resource => ({
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      ManagedPolicyName: name,
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
    },
  });

  it('want the capability that AWS wants', async () => {
    const unnamed = templateOf({ R: role() });
    const named = templateOf({ R: role({ RoleName: 'named' }) });
    const refused = (missing: string) => ({
      name: 'InsufficientCapabilitiesException',
      message: `Requires capabilities : [${missing}]`,
    });
    await expect(stacks.create('unnamed', unnamed)).rejects.toMatchObject(refused('CAPABILITY_IAM'));
    await expect(stacks.create('named', named, ['CAPABILITY_IAM'])).rejects.toMatchObject(
      refused('CAPABILITY_NAMED_IAM'),
    );
    await expect(changeSet('unnamed', 'CREATE', unnamed)).rejects.toMatchObject(refused('CAPABILITY_IAM'));
    expect((await stacks.create('unnamed', unnamed, ['CAPABILITY_NAMED_IAM'])).StackStatus).toBe('CREATE_COMPLETE');
  });

  it('keep the permissions boundary of a role, which has to be there', async () => {
    const bounded = (PermissionsBoundary: unknown) => ({ R: role({ PermissionsBoundary }), P: policy('boundary') });
    const stack = await stacks.create('bounded', templateOf(bounded({ Ref: 'P' }), { Role: { Ref: 'R' } }), [
      'CAPABILITY_NAMED_IAM',
    ]);
    const iam = new IAMClient(clientConfig(ministack.spec.url, ACCOUNT));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: outputsOf(stack).Role }));
    iam.destroy();
    const arn = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
    expect(Role?.PermissionsBoundary).toMatchObject({ PermissionsBoundaryArn: arn });

    const missing = `arn:aws:iam::${ACCOUNT}:policy/missing`;
    await stacks.create('unbounded', templateOf({ R: role({ PermissionsBoundary: missing }) }), ['CAPABILITY_IAM']);
    expect(await stacks.failures('unbounded')).toEqual([`Scope ARN: ${missing} does not exist or is not attachable.`]);
  });

  it('keep a policy under its old name while it is the boundary of a role', async () => {
    const renamed = (name: string) => templateOf({ P: policy(name) });
    await stacks.create('policies', renamed('old-boundary'), ['CAPABILITY_NAMED_IAM']);
    const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
    const user = { R: role({ PermissionsBoundary: arn('old-boundary') }) };
    await stacks.create('boundary-user', templateOf(user), ['CAPABILITY_IAM']);

    const updated = await stacks.update('policies', renamed('new-boundary'), [], ['CAPABILITY_NAMED_IAM']);
    expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
    const iam = new IAMClient(clientConfig(ministack.spec.url, ACCOUNT));
    for (const name of ['old-boundary', 'new-boundary']) {
      await expect(iam.send(new GetPolicyCommand({ PolicyArn: arn(name) }))).resolves.toBeDefined();
    }
    iam.destroy();
  });

  it('do not take over what has the name already', async () => {
    const iam = new IAMClient(clientConfig(ministack.spec.url, ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'taken', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    await stacks.create('thief', templateOf({ R: role({ RoleName: 'taken' }) }), ['CAPABILITY_NAMED_IAM']);
    expect(await stacks.failures('thief')).toEqual(['Role with name taken already exists.']);
    await expect(iam.send(new GetRoleCommand({ RoleName: 'taken' }))).resolves.toBeDefined();
    iam.destroy();

    await stacks.create('first', templateOf({ P: policy('once') }), ['CAPABILITY_NAMED_IAM']);
    await stacks.create('second', templateOf({ P: policy('once') }), ['CAPABILITY_NAMED_IAM']);
    expect(await stacks.failures('second')).toEqual([
      'A policy called once already exists. Duplicate names are not allowed.',
    ]);
  });
});

describe('parameters', () => {
  const template = (constraint: object) =>
    JSON.stringify({
      Parameters: { Name: { Type: 'String', MinLength: 1, MaxLength: 3, ...constraint } },
      Resources: { R: repository('r') },
    });
  const update = (value: string, constraint: object = {}) =>
    stacks.update('constrained', template(constraint), [{ ParameterKey: 'Name', ParameterValue: value }]);

  beforeAll(() => stacks.create('constrained', templateOf({ R: repository('r') })));

  it('are held to their constraints', async () => {
    await expect(update('long')).rejects.toThrow("Parameter 'Name' must contain at most 3 characters");
    await expect(update('a/b', { AllowedPattern: '[^/]+' })).rejects.toThrow(
      "Parameter 'Name' must match pattern [^/]+",
    );
    await expect(update('a/b', { AllowedPattern: '[^/]+', ConstraintDescription: 'has no slash' })).rejects.toThrow(
      "Parameter 'Name' has no slash",
    );
  });
});
