import { failureOf } from '../../../lambda/terminate/stack-effects';
import { archivedName } from '../../../lambda/terminate/termination';

const since = new Date('2026-11-24T12:00:00Z');

function event(LogicalResourceId: string, ResourceStatus: 'DELETE_FAILED' | 'DELETE_COMPLETE', minutes: number) {
  return {
    StackId: 'id',
    EventId: 'id',
    StackName: 'stack',
    LogicalResourceId,
    ResourceStatus,
    ResourceStatusReason: `${LogicalResourceId} is in use`,
    Timestamp: new Date(since.getTime() + minutes * 60_000),
  };
}

test('the reason of a failed deletion is that of its resources', () => {
  const events = [
    event('stack', 'DELETE_FAILED', 3),
    event('Endpoint1', 'DELETE_FAILED', 2),
    event('Model1', 'DELETE_COMPLETE', 1),
  ];
  expect(failureOf('stack', events, since)).toBe('Endpoint1: Endpoint1 is in use');
});

test('a stack that failed as a whole has only its own reason', () => {
  expect(failureOf('stack', [event('stack', 'DELETE_FAILED', 1)], since)).toBe('stack: stack is in use');
});

test('what failed before the termination began does not count', () => {
  expect(failureOf('stack', [event('Endpoint1', 'DELETE_FAILED', -1)], since)).toBeUndefined();
});

test('the name of an archived repository fits CodeCommit for the longest group', () => {
  const name = archivedName('x'.repeat(63), new Date('2026-11-24T12:03:04.567Z'));
  expect(name).toBe(`sagemaker-mlflow-${'x'.repeat(63)}-old-20261124-120304`);
  expect(name).toHaveLength(100);
});
