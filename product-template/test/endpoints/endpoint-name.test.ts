import fc from 'fast-check';
import { ENVIRONMENTS } from '../../lib/deployable/environments';
import { endpointName, versionPart } from '../../lib/endpoints/endpoint-name';
import { stageStackName } from '../../lib/names';

/** SageMaker, API_CreateEndpoint. */
const ENDPOINT = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const LONG = 'x'.repeat(63);
const KINDS = ['realtime', 'serverless'] as const;

test('a name says group, version and environment, and the kind where it is not the shipped one', () => {
  expect(endpointName('churn', '3', 'Staging', 'realtime')).toBe('churn-3-staging');
  expect(endpointName('churn', '3', 'Production', 'serverless')).toBe('churn-3-production');
  expect(endpointName('churn', '3', 'Staging', 'serverless')).toBe('churn-3-staging-serverless');
  expect(endpointName('churn', '3', 'Production', 'realtime')).toBe('churn-3-production-realtime');
});

test('a group that does not fit is cut, and told from others by a hash that is always the same', () => {
  expect(endpointName('x'.repeat(53), '3', 'Staging', 'realtime')).toBe(`${'x'.repeat(53)}-3-staging`);
  expect(endpointName('x'.repeat(54), '3', 'Staging', 'realtime')).toMatch(/^x{35}--[0-9a-v]{16}-3-staging$/);
  expect(endpointName(LONG, '3', 'Staging', 'realtime')).toBe(`${'x'.repeat(35)}--ekh0mhp1g9seclni-3-staging`);
});

test('a version that is no number is hashed', () => {
  expect(endpointName('churn', 'v1.0 (é)', 'Staging', 'realtime')).toMatch(/^churn-[0-9a-v]{16}-staging$/);
  expect(versionPart('1234567890123')).toMatch(/^[0-9a-v]{16}$/);
});

const group = fc.oneof(
  fc.stringMatching(/^[a-z0-9](-{0,3}[a-z0-9]){0,15}$/),
  // As near to each other, to endings of names and to the limit as it gets.
  fc
    .tuple(
      fc.constantFrom('a', 'x'.repeat(20), 'x'.repeat(36), 'x'.repeat(44), 'x'.repeat(53)),
      fc.constantFrom('', '-1', '-11', '-1-staging', '-1-production', '-realtime', '-serverless', '--0123456789abcdef'),
    )
    .map(([start, end]) => (start + end).slice(0, 63).replace(/-$/, 'x')),
);
const version = fc.oneof(
  fc.integer({ min: 1, max: 120 }).map(String),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom('1-staging', '01', '1 ', '1'.repeat(40), '-', '1-1'),
);

test('names of any groups and versions are valid, and each belongs to one of them', () => {
  const owners = new Map<string, string>();
  for (const [of, number] of fc.sample(fc.tuple(group, version), { numRuns: 5000, seed: 20261101 })) {
    for (const environment of ENVIRONMENTS) {
      for (const kind of KINDS) {
        const name = endpointName(of, number, environment, kind);
        const owner = JSON.stringify([of, number, environment, kind]);
        if (!ENDPOINT.test(name) || name.length > 63 || (owners.get(name.toLowerCase()) ?? owner) !== owner) {
          throw new Error(`${name}: ${owner}, ${owners.get(name.toLowerCase())}`);
        }
        owners.set(name.toLowerCase(), owner);
      }
    }
  }
  expect(owners.size).toBeGreaterThan(5000);
});

test("an environment's stack holds every group's name as it is, within CloudFormation's 128", () => {
  expect(stageStackName(LONG, 'Production')).toBe(`sagemaker-mlflow-${LONG}-ProductionStack-ModelDeploy`);
  expect(stageStackName(LONG, 'Production').length).toBeLessThanOrEqual(128);
  expect(stageStackName('churn', 'Staging')).toMatch(/^[a-zA-Z][-a-zA-Z0-9]*$/);
});
