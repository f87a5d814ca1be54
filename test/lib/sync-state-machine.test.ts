import { type AslState, definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';

let states: Map<string, AslState>;

beforeAll(() => {
  ({ states } = definitionOf(synthesize().modelSync));
}, 60_000);

function state(name: string): AslState {
  const found = states.get(name);
  if (found === undefined) {
    throw new Error(`no state ${name} among ${[...states.keys()].join(', ')}`);
  }
  return found;
}

test('a model is claimed, planned, applied and released, and planned again when it changed', () => {
  expect(state('Claim model').Next).toBe('Claimed?');
  expect(state('Claimed?')).toMatchObject({ Choices: [{ Next: 'Plan' }], Default: 'Deferred to the holder' });
  expect(state('Plan').Next).toBe('Create packages');
  expect(state('Create packages').Next).toBe('Update packages');
  expect(state('Update packages').Next).toBe('Delete packages');
  expect(state('Delete packages').Next).toBe('Sweep?');
  expect(state('Sweep?')).toMatchObject({ Choices: [{ Next: 'Sweep archives' }], Default: 'Release model' });
  expect(state('Swept').Next).toBe('Release model');
  expect(state('Release model').Next).toBe('Changed meanwhile?');
  expect(state('Changed meanwhile?').Choices?.[0]?.Next).toBe('Plan');
  expect(state('Changed meanwhile?').Default).toBe('Tell of the finished sync');
});

test('a plan that fails still gives the claim back', () => {
  expect(state('Plan').Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Plan failed' })]);
  expect(state('Plan failed').Next).toBe('Release model');
});

test('packaging continues in the next invocation', () => {
  expect(state('Create package').Next).toBe('Packed?');
  expect(state('Packed?').Choices?.[0]?.Next).toBe('Go on packing');
  expect(state('Go on packing').Next).toBe('Create package');
});

test('a replaced package is superseded, or goes, only after the new one stands', () => {
  expect(state('Create package').Catch?.[0]?.Next).toBe('Package not created');
  expect(state('Package not created').End).toBe(true);
  expect(state('Packed?').Choices?.map(({ Next }) => Next)).toEqual([
    'Go on packing',
    'Supersede replaced package',
    'Delete replaced package',
  ]);
});

test('every task below a model catches everything, and tries passing errors again with backoff and jitter', () => {
  const others = ['Find models', 'Sync the model by itself'];
  const tasks = [...states].filter(([name, { Type }]) => Type === 'Task' && !others.includes(name));
  expect(tasks.length).toBe(11);
  for (const [name, task] of tasks) {
    expect([name, task.Catch?.[0]?.ErrorEquals]).toEqual([name, ['States.ALL']]);
    expect([name, task.Retry?.[0]]).toEqual([
      name,
      expect.objectContaining({ JitterStrategy: 'FULL', BackoffRate: 2 }),
    ]);
  }
  const ownErrors = ['Tell of the finished sync', 'Count as in order'];
  for (const [, task] of tasks.filter(([name]) => !ownErrors.includes(name))) {
    expect(task.Retry?.[0]?.ErrorEquals).toContain('TransientError');
  }
});

test('what was found in order counts once it was told of, and a sync that cannot write that down is no failure', () => {
  expect(state('Tell of the finished sync').Next).toBe('Model done');
  expect(state('Any failures?')).toMatchObject({
    Choices: [{ Next: 'Sync failed' }, { Next: 'Count as in order' }],
    Default: 'Synced',
  });
  expect(state('Count as in order')).toMatchObject({
    Resource: expect.stringMatching(/:states:::dynamodb:updateItem$/),
    Retry: [{ ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], MaxAttempts: 0 }, { MaxAttempts: 4 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Synced' }],
    Next: 'Synced',
  });
});

test('a function that ran out of time is tried again, twice', () => {
  const functions = [...states].filter(([, { Retry }]) => Retry?.[0]?.ErrorEquals?.includes('TransientError'));
  expect(functions.length).toBeGreaterThan(8);
  for (const [name, { Retry }] of functions) {
    const retry = Retry?.find(({ ErrorEquals }) => ErrorEquals?.includes('Sandbox.Timedout'));
    expect([name, retry]).toEqual([name, expect.objectContaining({ MaxAttempts: 2, JitterStrategy: 'FULL' })]);
  }
});

test('packages and models are worked on a few at a time', () => {
  for (const name of ['Sync each changed model', 'Create packages', 'Update packages', 'Delete packages']) {
    expect(state(name).MaxConcurrency).toBeGreaterThan(0);
  }
});

test('an execution with failures ends as failed', () => {
  expect(state('Any failures?').Choices?.[0]?.Next).toBe('Sync failed');
  expect(state('Sync failed').Type).toBe('Fail');
  expect(state('Any model failed?').Choices?.[0]?.Next).toBe('Some models failed');
  expect(state('Some models failed')).toMatchObject({ Type: 'Fail', Error: 'SyncFailed' });
  expect(state('Any model failed?').Default).toBe('All synced');
  for (const end of ['Deferred to the holder', 'Model failed', 'Model done']) {
    expect(state(end).Next).toBe('Any failures?');
  }
});

test('one model is synced by this execution, and of all those that changed each by one of its own', () => {
  expect(state('Find models').Next).toBe('Which models?');
  expect(state('Which models?')).toMatchObject({
    Choices: [{ Next: 'Claim model' }, { Next: 'Find models' }],
    Default: 'Any model changed?',
  });
  expect(state('Any model changed?')).toMatchObject({
    Choices: [{ Next: 'No model changed' }],
    Default: 'Sync each changed model',
  });
  expect(state('Sync each changed model')).toMatchObject({
    ItemReader: { Resource: expect.stringMatching(/:states:::s3:getObject$/), ReaderConfig: { InputType: 'JSON' } },
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    ToleratedFailurePercentage: 100,
  });
  expect(state('Sync the model by itself')).toMatchObject({
    Resource: expect.stringMatching(/:states:::states:startExecution\.sync:2$/),
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Model not synced' }],
  });
  // What failed in there was tried again in there.
  expect(state('Sync the model by itself').Retry).toBeUndefined();
});

test('nothing is used that the sandbox does not run as AWS does', () => {
  const { text } = definitionOf(synthesize().modelSync);
  expect(text).not.toMatch(/"Type":"Parallel"|"Assign"|"ResultWriter"|aws-sdk:sagemaker|"QueryLanguage":"JSONPath"/);
});
