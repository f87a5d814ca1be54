import { preflight } from '../../../lambda/plan/preflight';
import { ROUND_MAX } from '../../../lambda/plan/round';
import { RefusedError, TransientError } from '../../../lambda/shared/errors';

const creations = (count: number) => Array.from({ length: count }, (_, index) => ({ version: String(index + 1) }));

test('a version that cannot be deployed is refused alone, with its reason', async () => {
  const { create, refused } = await preflight(creations(20), async (version) => {
    if (version === '7') {
      throw new RefusedError('no MLmodel');
    }
    return version;
  });
  expect(create.map(({ version }) => version)).toEqual(
    creations(20)
      .map(({ version }) => version)
      .filter((version) => version !== '7'),
  );
  expect(refused).toEqual([{ action: 'create', outcome: 'failed', version: '7', reason: 'no MLmodel' }]);
});

test('what may pass by itself is left to the creation, which tries again', async () => {
  const { create, refused } = await preflight([{ version: '1', replaces: 'arn' }], () =>
    Promise.reject(new TransientError('503')),
  );
  expect(create).toEqual([{ version: '1', replaces: 'arn' }]);
  expect(refused).toEqual([]);
});

test('thousands of reasons stay below what a state may hold', async () => {
  const { refused } = await preflight(creations(500), () => Promise.reject(new RefusedError('x'.repeat(2_000))));
  expect(JSON.stringify(refused).length).toBeLessThan(64 * 1024);
  expect(refused.at(-1)?.reason).toContain('451 more');
});

test('no more versions are looked into than a round can make', async () => {
  let looked = 0;
  const { create, left } = await preflight(creations(1_000), async () => {
    looked += 1;
    return undefined;
  });
  expect(create.length).toBe(looked);
  expect(looked).toBeLessThan(ROUND_MAX + 10);
  expect(left).toBe(1_000 - looked);
});
