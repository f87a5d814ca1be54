import { preflight } from '../../../lambda/plan/preflight';
import { ROUND_MAX } from '../../../lambda/plan/round';
import { RefusedError, TransientError } from '../../../lambda/shared/errors';

const creations = (count: number) => Array.from({ length: count }, (_, index) => ({ version: String(index + 1) }));

test('a version that cannot be deployed is refused alone, with its reason', async () => {
  const { create, refused } = await preflight(creations(20), async (version) => {
    if (version === '7') {
      throw new RefusedError('no MLmodel');
    }
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

test('of a long reason the beginning is told', async () => {
  const { refused } = await preflight(creations(1), () => Promise.reject(new RefusedError('x'.repeat(501))));
  expect(refused.map(({ reason }) => reason)).toEqual(['x'.repeat(500)]);
});

test.each([
  [50, 50, 'no'],
  [51, 50, '2 more versions cannot be deployed; the log of this function has them'],
])('of %i reasons %i are told, the last of them %j', async (count, told, last) => {
  const { refused } = await preflight(creations(count), () => Promise.reject(new RefusedError('no')));
  expect(refused).toHaveLength(told);
  expect(refused.at(-1)).toMatchObject({ action: 'create', outcome: 'failed', reason: last });
  expect(refused.at(-2)).toEqual({ action: 'create', outcome: 'failed', version: '49', reason: 'no' });
});

test('eight versions are looked into at once', async () => {
  let underWay = 0;
  const seen: number[] = [];
  await preflight(creations(20), async () => {
    seen.push(++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
  });
  expect(Math.max(...seen)).toBe(8);
  expect(seen).toHaveLength(20);
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
  });
  expect(create.length).toBe(looked);
  expect(looked).toBeLessThan(ROUND_MAX + 10);
  expect(left).toBe(1_000 - looked);
});

test('with as many as a round can make, it is enough', async () => {
  const prepare = jest.fn(async (version: string) => {
    // Then eight at a time come to a round exactly.
    if (Number(version) <= 4) {
      throw new RefusedError('no');
    }
  });
  expect((await preflight(creations(1_000), prepare)).create).toHaveLength(ROUND_MAX);
  expect(prepare).toHaveBeenCalledTimes(ROUND_MAX + 4);
});
