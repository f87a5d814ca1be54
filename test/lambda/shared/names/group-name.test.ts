import { GROUP_NAME_MAX, groupNameOf } from '../../../../lambda/shared/names/group-name';
import { wildNames } from './wild-names';

/** botocore 1.44, sagemaker 2017-07-24, EntityName; API_CreateModelPackageGroup. */
const SAGEMAKER = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

describe('group name', () => {
  test.each(['my-model', 'a', '0', 'a--b', 'x'.repeat(63), 'churn--prediction'])('%s stays as it is', (name) => {
    expect(groupNameOf(name)).toBe(name);
  });

  test.each([
    ['Churn Prediction (EU)', 'churn-prediction-eu'],
    ['main.default.churn_eu', 'main-default-churn-eu'],
    ['Größe_crème-brûlée', 'gro-e-creme-brulee'],
    ['MyModel', 'mymodel'],
    ['模型', 'model'],
    ['---', 'model'],
    ['-a-', 'a'],
    [`${'a'.repeat(44)}-${'b'.repeat(99)}`, 'a'.repeat(44)],
    ['x'.repeat(64), 'x'.repeat(45)],
  ])('of %s keeps what people can read', (name, readable) => {
    expect(groupNameOf(name)).toMatch(new RegExp(`^${readable}--[0-9a-v]{16}$`));
  });

  test.each([
    ['a_b', 'a-b--r0psm6542h8cls7u'],
    ['main.default.churn', 'main-default-churn--dr99go98f54q6up6'],
  ])('of %s is the same today as ever', (name, group) => {
    expect(groupNameOf(name)).toBe(group);
  });

  test('does not depend on letters that only later versions of Unicode know', () => {
    // U+1CCD6 is a capital A in outline since Unicode 16, and nothing before.
    expect(groupNameOf('\u{1CCD6}x')).toMatch(/^x--/);
  });

  test('is another one for a name in the shape of an encoded one', () => {
    const encoded = groupNameOf('a_b');
    expect(groupNameOf(encoded)).not.toBe(encoded);
    expect(groupNameOf(groupNameOf(encoded))).not.toBe(groupNameOf(encoded));
  });

  test("of a name with more characters than there is room for is cut, though SageMaker's pattern lets it pass", () => {
    const name = `${'a-'.repeat(40)}a`;
    expect(name).toMatch(SAGEMAKER);
    expect(groupNameOf(name)).toMatch(/^(a-)*a--[0-9a-v]{16}$/);
  });

  test('of any name is valid, in lower case, and its own', () => {
    const names = wildNames((name) => [groupNameOf(name), groupNameOf(groupNameOf(name))]);
    expect(names.length).toBeGreaterThan(20_000);
    const models = new Map<string, string>();
    for (const name of names) {
      const group = groupNameOf(name);
      const valid = SAGEMAKER.test(group) && group.length <= GROUP_NAME_MAX && group === group.toLowerCase();
      if (!valid || models.has(group) || groupNameOf(name) !== group) {
        throw new Error(JSON.stringify({ name, group, other: models.get(group) }));
      }
      models.set(group, name);
    }
  });
});
