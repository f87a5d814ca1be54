import fc from 'fast-check';
import { GROUP_NAME_MAX, groupNameOf } from '../../../../lambda/shared/packages/group-name';

/** API_CreateModelPackageGroup. */
const SAGEMAKER = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

describe('group name', () => {
  test.each(['my-model', 'a', '0', 'a--b', 'x'.repeat(63)])('%s stays as it is', (name) => {
    expect(groupNameOf(name)).toBe(name);
  });

  test('look-alike names are different groups', () => {
    const names = ['a_b', 'a-b', 'a.b', 'A_B', 'a b', 'A-B', 'a__b', 'main.default.a_b'];
    expect(new Set(names.map(groupNameOf)).size).toBe(names.length);
  });

  test('the readable part of a name is kept', () => {
    expect(groupNameOf('Churn Prediction (EU)')).toMatch(/^churn-prediction-eu--[a-z2-7]{10}$/);
    expect(groupNameOf('模型')).toMatch(/^model--[a-z2-7]{10}$/);
  });

  test('a name in the shape of an encoded one is not taken for it', () => {
    const encoded = groupNameOf('a_b');
    expect(groupNameOf(encoded)).not.toBe(encoded);
  });

  test('any name gives a valid name, in lower case, always the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 250 }), (name) => {
        const group = groupNameOf(name);
        expect(group).toMatch(SAGEMAKER);
        expect(group.length).toBeLessThanOrEqual(GROUP_NAME_MAX);
        expect(group).toBe(group.toLowerCase());
        expect(groupNameOf(name)).toBe(group);
      }),
    );
  });

  test('two names never share a group', () => {
    const nearby = fc.string({ unit: fc.constantFrom('a', 'A', '_', '-', '.', ' ', 'é'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(nearby, nearby, (one, other) => {
        expect(groupNameOf(one) === groupNameOf(other)).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });
});
