import { pipelineName, repositoryName, ruleName } from '../../../../lambda/shared/names/deployment-names';
import { groupNameOf } from '../../../../lambda/shared/names/group-name';
import { wildNames } from './wild-names';

/** Patterns and lengths of botocore 1.44's service models; the ending `.git` is in CodeCommit's prose. */
const KINDS: Readonly<Record<string, { of: (group: string) => string[]; pattern: RegExp; max: number }>> = {
  repository: { of: (group) => [repositoryName(group)], pattern: /^(?!.*\.git$)[A-Za-z0-9_.-]+$/, max: 100 },
  pipeline: { of: (group) => [pipelineName(group)], pattern: /^[A-Za-z0-9.@\-_]+$/, max: 100 },
  rule: { of: (group) => [ruleName(group)], pattern: /^[.\-_A-Za-z0-9]+$/, max: 64 },
};

/** Groups by their models. Names that look like somebody else's resource are names of models too. */
function wildGroups(): Map<string, string> {
  const models = wildNames((name) =>
    Object.values(KINDS).flatMap(({ of }) => [groupNameOf(name), ...of(groupNameOf(name))]),
  );
  return new Map(models.map((model) => [model, groupNameOf(model)]));
}
const LONG = 'x'.repeat(63);

describe('names of a deployment', () => {
  test('are readable', () => {
    expect(repositoryName('my-model')).toBe('sagemaker-mlflow-my-model-deployment');
    expect(pipelineName('my-model')).toBe('sagemaker-mlflow-my-model-pipeline');
    expect(ruleName('my-model')).toBe('sagemaker-DeployModelRule-my-model');
  });

  test('are cut where they do not fit, and say so by a hash', () => {
    expect(ruleName(LONG)).toMatch(/^sagemaker-DeployModelRule-x{20}--[0-9a-v]{16}$/);
  });

  test('fit up to the last character, and are cut between words without a trace of the hyphens there', () => {
    expect(ruleName('x'.repeat(38))).toBe(`sagemaker-DeployModelRule-${'x'.repeat(38)}`);
    expect(ruleName('x'.repeat(39))).toMatch(/^sagemaker-DeployModelRule-x{20}--[0-9a-v]{16}$/);
    expect(ruleName(`churn-prediction--${'x'.repeat(30)}`)).toMatch(/-churn-prediction--xx--[0-9a-v]{16}$/);
    expect(ruleName(`churn-prediction----${'x'.repeat(30)}`)).toMatch(/-churn-prediction--[0-9a-v]{16}$/);
  });

  test('of repository and pipeline hold every group as it is, so that a template can put them together', () => {
    expect(repositoryName(LONG)).toContain(LONG);
    expect(pipelineName(LONG)).toContain(LONG);
  });

  test('are the same each time', () => {
    for (const { of } of Object.values(KINDS)) {
      expect(of(LONG)).toEqual(of(LONG));
    }
    expect(ruleName(LONG)).toBe('sagemaker-DeployModelRule-xxxxxxxxxxxxxxxxxxxx--fo1sefo46iq7bqsg');
  });

  test.each(['a_b', 'A', '', '-a', 'x'.repeat(64), `${'a-'.repeat(40)}a`, 'main.default.a'])(
    'are not made of what is no group: %s',
    (group) => {
      expect(() => repositoryName(group)).toThrow(/groupNameOf/);
    },
  );

  test('of any model are valid and its own', () => {
    const groups = wildGroups();
    for (const { of, pattern, max } of Object.values(KINDS)) {
      const owners = new Map<string, string>();
      for (const [model, group] of groups) {
        for (const name of of(group)) {
          // Some services tell no case apart; all are held to that.
          const key = name.toLowerCase();
          if (!pattern.test(name) || name.length > max || owners.has(key)) {
            throw new Error(JSON.stringify({ model, name, other: owners.get(key) }));
          }
          owners.set(key, model);
        }
      }
      expect(owners.size).toBeGreaterThan(20_000);
    }
  });
});
