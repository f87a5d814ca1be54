import { clearFailedStack, type StackState } from '../../lib/recovery/clear-failed-stack';

/** A stack that goes through some states, one at each look; after the last one there is none. */
function stackThat(...states: (string | StackState)[]) {
  const left = states.map((state) => (typeof state === 'string' ? { status: state } : state));
  const log: string[] = [];
  let deletions = 0;
  const stacks = {
    describe: async () => left.shift(),
    delete: async () => {
      deletions += 1;
    },
    pause: async () => {},
    log: (line: string) => {
      log.push(line);
    },
  };
  return { stacks, log, left, deletions: () => deletions };
}

test.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'])(
  'a stack in %s is deleted and waited for, and it is said what goes on',
  async (status) => {
    const { stacks, log, deletions } = stackThat(
      { status, reason: 'The following resource(s) failed to create: [Endpoint].' },
      'DELETE_IN_PROGRESS',
      'DELETE_IN_PROGRESS',
    );
    await clearFailedStack('S', stacks);
    expect(deletions()).toBe(1);
    expect(log).toEqual([
      `S: ${status} (The following resource(s) failed to create: [Endpoint].); deleting it, for it cannot be updated`,
      'S: DELETE_IN_PROGRESS, waiting',
      'S: gone',
    ]);
  },
);

test('one that somebody is deleting is waited for', async () => {
  const { stacks, log, deletions } = stackThat('DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS');
  await clearFailedStack('S', stacks);
  expect(deletions()).toBe(0);
  expect(log).toEqual(['S: DELETE_IN_PROGRESS, waiting', 'S: gone']);
});

test('one that is rolling back its first deployment is waited for, and deleted then', async () => {
  const { stacks, deletions } = stackThat('ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'DELETE_IN_PROGRESS');
  await clearFailedStack('S', stacks);
  expect(deletions()).toBe(1);
});

test.each([
  'CREATE_COMPLETE',
  'CREATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'REVIEW_IN_PROGRESS',
  'IMPORT_COMPLETE',
])('one in %s is left alone: endpoints may serve in it', async (status) => {
  const { stacks, log, left, deletions } = stackThat(status, status);
  await clearFailedStack('S', stacks);
  expect(deletions()).toBe(0);
  expect(left).toHaveLength(1);
  expect(log).toEqual([`S: ${status}, nothing to do`]);
});

test('one that does not exist is fine', async () => {
  const { stacks, log } = stackThat();
  await clearFailedStack('S', stacks);
  expect(log).toEqual(['S: does not exist, nothing to do']);
});

test('one that cannot be deleted fails the build with the reason', async () => {
  const { stacks } = stackThat('ROLLBACK_COMPLETE', 'DELETE_IN_PROGRESS', {
    status: 'DELETE_FAILED',
    reason: 'in use',
  });
  await expect(clearFailedStack('S', stacks)).rejects.toThrow('S cannot be deleted: in use. Remove what is in the way');
});
