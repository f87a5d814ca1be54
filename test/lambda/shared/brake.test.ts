import fc from 'fast-check';
import { MODEL_MISSING_MS, mostThatMayGo, ruleOnModel, ruleOnNumber } from '../../../lambda/shared/brake';

const SINCE = Date.parse('2030-01-02T03:04:05Z');
const absence = { modelName: 'churn', packages: 3, since: SINCE };

test.each([
  [0, 5],
  [5, 5],
  [29, 5],
  [30, 6],
  [1_000, 200],
])('of %d packages %d go at once, and not one more', (owned, most) => {
  expect(mostThatMayGo(owned)).toBe(most);
  expect(ruleOnNumber(most, owned)).toEqual({ go: true });
  expect(ruleOnNumber(most + 1, owned)).toMatchObject({ go: false });
});

test('neither more than five nor more than a fifth go, of whatever number', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (packages, owned) => {
      expect(ruleOnNumber(packages, owned).go).toBe(packages <= 5 || packages / owned <= 0.2);
    }),
  );
});

test('who is held reads how many there are, how many may go, and what to start', () => {
  expect(ruleOnNumber(40, 100)).toMatchObject({
    reason: expect.stringMatching(/40 packages.*100.*20.*\{"confirmDeletions":true\}/),
  });
  const one = { reason: expect.stringContaining('{"modelName":"churn","confirmDeletions":true}') };
  expect(ruleOnNumber(40, 100, 'churn')).toMatchObject(one);
  expect(ruleOnModel({ ...absence, model: 'missing' }, SINCE)).toMatchObject(one);
  expect(ruleOnModel({ ...absence, model: 'empty' }, SINCE)).toMatchObject(one);
});

test('packages of a model that is known go, those of one that is missing after three days', () => {
  expect(ruleOnModel({ ...absence, model: 'known' }, SINCE)).toEqual({ go: true });
  expect(ruleOnModel({ ...absence, model: 'missing' }, SINCE + MODEL_MISSING_MS - 1)).toMatchObject({ go: false });
  expect(ruleOnModel({ ...absence, model: 'missing' }, SINCE + MODEL_MISSING_MS)).toEqual({ go: true });
});

test('a registry without any model never confirms by itself', () => {
  expect(ruleOnModel({ ...absence, model: 'empty' }, SINCE + 100 * MODEL_MISSING_MS)).toMatchObject({ go: false });
});
