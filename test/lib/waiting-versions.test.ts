import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { type EventEntry, type Machine, run } from '../support/world/state-machine';

const WAITING = { action: 'create', outcome: 'waiting', version: '2', environment: 'e1', reason: 'waits for it' };
const DONE = { action: 'create', outcome: 'done', version: '3', packageArn: 'arn:3' };
const MODEL = { modelName: 'churn' };

let machine: Machine;
let invoked: { readonly step: string; readonly payload: Record<string, unknown> }[];
let events: readonly EventEntry[];

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
}, 60_000);

/** Runs the deployed definition; `created` is what the creations of versions 2 and 3 come to. */
async function sync(created: readonly object[], request: object = MODEL): Promise<unknown> {
  invoked = [];
  const plan = {
    ...{ groupName: 'churn', refused: [], update: [], kept: 0, left: 0, looked: true },
    create: created.map((_result, index) => ({ version: String(index + 2) })),
    delete: [{ packageArn: 'arn:1', reason: 'its version is in stage Archived' }],
  };
  const count = (outcome: string) => created.filter((one) => 'outcome' in one && one.outcome === outcome).length;
  const totals = { failed: count('failed'), blocked: 0, waiting: count('waiting') };
  const answers: Readonly<Record<string, (payload: Record<string, unknown>) => unknown>> = {
    List: () => ({ kind: 'one', ...request }),
    Claim: () => ({ claimed: true, groupName: 'churn' }),
    Plan: () => plan,
    Create: ({ version }) => created[Number(version) - 2],
    Delete: ({ packageArn }) => ({ action: 'delete', outcome: 'done', packageArn }),
    Sweep: () => ({ action: 'sweep', outcome: 'skipped' }),
    Release: () => ({ again: false, totals }),
  };
  return run(
    machine,
    request,
    { id: 'arn:execution', name: 'one', input: request, stateMachine: 'arn:machine' },
    {
      invoke: async (functionId, payload) => {
        const [, step = ''] = /^Functions([A-Z][a-z]+)/.exec(functionId) ?? [];
        invoked.push({ step, payload: payload as Record<string, unknown> });
        return answers[step]?.(payload as Record<string, unknown>);
      },
      startAndWait: () => Promise.reject(new Error('no other execution')),
      readObject: () => Promise.reject(new Error('no list')),
      putEvents: async (entries) => {
        events = entries;
      },
      updateItem: () => Promise.reject(new Error('no entry')),
      now: () => Date.parse('2030-01-02T03:04:05Z'),
      alive: () => undefined,
    },
  );
}

const steps = () => invoked.map(({ step }) => step);

test('while a version waits nothing is deleted, the claim goes back, and the sync is no failure', async () => {
  expect(await sync([WAITING, DONE])).toMatchObject({ outcome: 'waiting', waiting: 1 });
  expect(steps()).not.toContain('Delete');
  expect(steps().slice(-1)).toEqual(['Release']);
  expect(events[0]?.Detail).toMatchObject({ Waiting: 1, Failed: 0 });
  const release = invoked.at(-1)?.payload as { results: unknown[][] };
  expect(release.results.flat(2)).toEqual(expect.arrayContaining([WAITING, DONE]));
});

test('once nothing waits the deletions of the plan are carried out', async () => {
  expect(await sync([DONE])).toMatchObject({ outcome: 'synced' });
  expect(steps()).toContain('Delete');
  await sync([]);
  expect(steps()).toContain('Delete');
});

test('a failure outweighs a version that waits', async () => {
  const failed = { action: 'create', outcome: 'failed', version: '3', reason: 'why' };
  await expect(sync([WAITING, failed])).rejects.toMatchObject({ error: 'SyncFailed' });
});

test("a person's wish to repeat failed builds reaches the creations", async () => {
  const wishes = () => invoked.filter(({ step }) => step === 'Create').map(({ payload }) => payload.retryEnvironments);
  await sync([WAITING]);
  expect(wishes()).toEqual([false]);
  await sync([WAITING], { ...MODEL, retryEnvironments: true });
  expect(wishes()).toEqual([true]);
});
