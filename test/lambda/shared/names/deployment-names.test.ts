import {
  endpointConfigName,
  endpointName,
  modelResourceName,
  pipelineName,
  repositoryName,
  ruleName,
  stackName,
} from '../../../../lambda/shared/names/deployment-names';
import { groupNameOf } from '../../../../lambda/shared/names/group-name';
import { wildNames } from './wild-names';

const ENVIRONMENTS = ['Staging', 'Production', 'X', 'Environment789012345'];

/** Patterns and lengths of botocore 1.44's service models; of CloudFormation and the ending `.git` they are in its prose. */
const KINDS: Readonly<Record<string, { of: (group: string) => string[]; pattern: RegExp; max: number }>> = {
  repository: { of: (group) => [repositoryName(group)], pattern: /^(?!.*\.git$)[A-Za-z0-9_.-]+$/, max: 100 },
  pipeline: { of: (group) => [pipelineName(group)], pattern: /^[A-Za-z0-9.@\-_]+$/, max: 100 },
  rule: { of: (group) => [ruleName(group)], pattern: /^[.\-_A-Za-z0-9]+$/, max: 64 },
  endpoint: {
    of: (group) => ENVIRONMENTS.map((environment) => endpointName(group, environment)),
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    max: 63,
  },
  'endpoint configuration': {
    of: (group) => perRevision(endpointConfigName, group),
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    max: 63,
  },
  model: {
    of: (group) => perRevision(modelResourceName, group),
    pattern: /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/,
    max: 63,
  },
  stack: {
    of: (group) => ENVIRONMENTS.map((environment) => stackName(group, environment)),
    pattern: /^[a-zA-Z][-a-zA-Z0-9]*$/,
    max: 128,
  },
};

/** Names that look like somebody else's resource are names of models too. */
const MODELS = wildNames((name) =>
  Object.values(KINDS).flatMap(({ of }) => [groupNameOf(name), ...of(groupNameOf(name))]),
);
const GROUPS = new Map(MODELS.map((model) => [model, groupNameOf(model)]));
const LONG = 'x'.repeat(63);

describe('names of a deployment', () => {
  test('are readable', () => {
    expect(repositoryName('my-model')).toBe('sagemaker-mlflow-my-model-deployment');
    expect(pipelineName('my-model')).toBe('sagemaker-mlflow-my-model-pipeline');
    expect(ruleName('my-model')).toBe('sagemaker-DeployModelRule-my-model');
    expect(endpointName('my-model', 'Staging')).toBe('my-model-Staging');
    expect(endpointConfigName('my-model', 'Staging', '1')).toMatch(/^my-model-Staging-[0-9a-v]{8}$/);
    expect(stackName('my-model', 'Production')).toBe('sagemaker-mlflow-my-model-ProductionStack-ModelDeploy');
  });

  test('are cut where they do not fit, and say so by a hash', () => {
    expect(ruleName(LONG)).toMatch(/^sagemaker-DeployModelRule-x{20}--[0-9a-v]{16}$/);
    expect(endpointName(LONG, 'Production')).toMatch(/^x{34}--[0-9a-v]{16}-Production$/);
    expect(endpointName('x'.repeat(55), 'Staging')).toBe(`${'x'.repeat(55)}-Staging`);
    expect(endpointName('x'.repeat(56), 'Staging')).toMatch(/^x{37}--[0-9a-v]{16}-Staging$/);
  });

  test('of repository, pipeline and stack hold every group as it is, so that a template can put them together', () => {
    expect(repositoryName(LONG)).toContain(LONG);
    expect(pipelineName(LONG)).toContain(LONG);
    expect(stackName(LONG, 'Environment789012345')).toContain(LONG);
  });

  test('are the same each time', () => {
    for (const { of } of Object.values(KINDS)) {
      expect(of(LONG)).toEqual(of(LONG));
    }
    expect(ruleName(LONG)).toBe('sagemaker-DeployModelRule-xxxxxxxxxxxxxxxxxxxx--fo1sefo46iq7bqsg');
  });

  test('of two revisions differ', () => {
    expect(endpointConfigName('a', 'Staging', '1')).not.toBe(endpointConfigName('a', 'Staging', '2'));
    expect(modelResourceName(LONG, 'Staging', '1')).not.toBe(modelResourceName(LONG, 'Staging', '2'));
  });

  test.each(['a_b', 'A', '', '-a', 'x'.repeat(64), `${'a-'.repeat(40)}a`, 'main.default.a'])(
    'are not made of what is no group: %s',
    (group) => {
      expect(() => repositoryName(group)).toThrow(/groupNameOf/);
      expect(() => endpointName(group, 'Staging')).toThrow(/groupNameOf/);
    },
  );

  test.each(['', 'a-b', '1st', 'Pre Production', 'x'.repeat(21)])(
    'are not made of a bad environment: "%s"',
    (environment) => {
      expect(() => endpointName('a', environment)).toThrow(/use a letter/);
      expect(() => stackName('a', environment)).toThrow(/use a letter/);
    },
  );

  test.each(Object.keys(KINDS))('of any model are valid and its own: %s', (kind) => {
    const { of, pattern, max } = KINDS[kind] ?? { of: () => [], pattern: /^$/, max: 0 };
    const owners = new Map<string, string>();
    for (const [model, group] of GROUPS) {
      const names = of(group);
      for (const name of names) {
        // Endpoint names are unique without regard to case; the others are held to the same.
        const key = name.toLowerCase();
        if (!pattern.test(name) || name.length > max || owners.has(key)) {
          throw new Error(JSON.stringify({ model, name, other: owners.get(key) }));
        }
        owners.set(key, model);
      }
    }
    expect(owners.size).toBeGreaterThan(20_000);
  });
});

function perRevision(name: (group: string, environment: string, revision: string) => string, group: string): string[] {
  return ['1', '2'].map((revision) => name(group, 'Production', revision));
}
