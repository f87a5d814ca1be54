import { readInference } from '../../lib/inference/inference';
import { SHIPPED_INFERENCE } from '../support/fixtures';

const PRODUCTION = 'Production: {ServerlessMaxConcurrency: 2}';
/** A file with one Staging. */
const staging = (...lines: string[]) => ['Staging:', ...lines.map((line) => `  ${line}`), PRODUCTION].join('\n');
const problems = (text: string) => {
  try {
    readInference(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

test('what is shipped: one ml.m5.large for Staging, serverless for Production', () => {
  expect(readInference(SHIPPED_INFERENCE)).toEqual({
    endpoints: {
      Staging: {
        kind: 'realtime',
        instanceType: 'ml.m5.large',
        instanceCount: 1,
        networkIsolation: false,
        modelDownloadSeconds: 1800,
        startupSeconds: 900,
      },
      Production: { kind: 'serverless', maxConcurrency: 2, sizeInMB: 1024 },
    },
    keepEndpointsOnTermination: false,
  });
  expect(SHIPPED_INFERENCE.split('\n')[0]).toBe('# yaml-language-server: $schema=./inference.schema.json');
});

test('every key of its own, and the defaults of what is left out', () => {
  const role = 'arn:aws:iam::111122223333:role/mlflow-mlops-endpoint-mine';
  const text = `
Staging: {InstanceType: ml.g5.2xlarge, CaptureDestinationS3Uri: "s3://my-bucket/capture", ExecutionRoleArn: "${role}", EnableNetworkIsolation: true, Timeouts: {ModelDownloadSeconds: 3600, StartupSeconds: 60}}
Production: {ServerlessMaxConcurrency: 200}
KeepEndpointsOnTermination: true`;
  expect(readInference(text)).toEqual({
    endpoints: {
      Staging: {
        kind: 'realtime',
        instanceType: 'ml.g5.2xlarge',
        instanceCount: 1,
        captureDestinationS3Uri: 's3://my-bucket/capture',
        networkIsolation: true,
        modelDownloadSeconds: 3600,
        startupSeconds: 60,
        executionRoleArn: role,
      },
      Production: { kind: 'serverless', maxConcurrency: 200, sizeInMB: 1024 },
    },
    keepEndpointsOnTermination: true,
  });
});

test('both environments may be one: a few aliases are fine', () => {
  const { endpoints } = readInference('Staging: &both {ServerlessMaxConcurrency: 3}\nProduction: *both');
  expect(endpoints.Production).toEqual(endpoints.Staging);
});

describe('a mistake is told with its key, its value, and what is allowed', () => {
  test.each([
    [
      'a key that does not exist',
      staging('InstanceTyp: ml.m5.large'),
      'Staging.InstanceTyp ("ml.m5.large"): no such key. Did you mean InstanceType? Allowed: InstanceType, InstanceCount,',
    ],
    ['a key in other case', staging('instancetype: ml.m5.large'), 'Did you mean InstanceType?'],
    ['an environment that does not exist', `${staging('InstanceType: ml.m5.large')}\nstagging: {}`, 'mean Staging?'],
    [
      'a type',
      staging('InstanceType: ml.m5.large', 'InstanceCount: two'),
      'Staging.InstanceCount: "two" is not allowed. ',
    ],
    ['a number', staging('InstanceType: ml.m5.large', 'InstanceCount: 0'), 'a whole number, 1 (the default) or more'],
    [
      'a half',
      staging('InstanceType: ml.m5.large', 'InstanceCount: 1.5'),
      'Staging.InstanceCount: 1.5 is not allowed.',
    ],
    [
      'a time-out that SageMaker does not have',
      staging('InstanceType: ml.m5.large', 'Timeouts: {StartupSeconds: 30}'),
      'Staging.Timeouts.StartupSeconds: 30 is not allowed. How long the container may take to start and to load the model: a whole number of seconds from 60 to 3600.',
    ],
    [
      'a time-out by another name',
      staging('InstanceType: ml.m5.large', 'Timeouts: {StartUpSeconds: 90}'),
      'Did you mean StartupSeconds?',
    ],
    [
      'time-outs of a serverless endpoint',
      staging('ServerlessMaxConcurrency: 1', 'Timeouts: {StartupSeconds: 90}'),
      'Staging.Timeouts ({"StartupSeconds":90}): SageMaker has no time-outs for serverless endpoints.',
    ],
    [
      'time-outs alone',
      staging('Timeouts: {StartupSeconds: 90}'),
      'this alone makes no endpoint. Add Staging.InstanceType (such as ml.m5.large).',
    ],
    ['an instance type', staging('InstanceType: m5.large'), '"m5.large" is not allowed. Makes the endpoint real-time.'],
    [
      'a memory size',
      staging('ServerlessMaxConcurrency: 1', 'ServerlessSizeInMB: 1500'),
      'Staging.ServerlessSizeInMB: 1500 is not allowed. Memory of a serverless endpoint in MB: 1024 (the default), 2048, 3072, 4096, 5120 or 6144.',
    ],
    [
      'concurrency over 200',
      staging('ServerlessMaxConcurrency: 201'),
      'Staging.ServerlessMaxConcurrency: 201 is not allowed. Makes the endpoint serverless. How many requests it works on at once: a whole number from 1 to 200.',
    ],
    [
      'an address that is not in S3',
      staging('InstanceType: ml.m5.large', 'CaptureDestinationS3Uri: /tmp/x'),
      'an address in S3, such as s3://my-bucket/capture',
    ],
    [
      'a role',
      staging('InstanceType: ml.m5.large', 'ExecutionRoleArn: my-role'),
      'Staging.ExecutionRoleArn: "my-role" is not allowed. The role',
    ],
    [
      'yes for true',
      `${staging('InstanceType: ml.m5.large')}\nKeepEndpointsOnTermination: yes`,
      'KeepEndpointsOnTermination: "yes" is not allowed. Whether the endpoints go on running (and costing) when the product is terminated: true or false',
    ],
    [
      'an environment with nothing',
      `Staging:\n${PRODUCTION}`,
      'Staging: null is not allowed. Either a real-time endpoint (InstanceType) or a serverless one',
    ],
    ['an environment with no key', `Staging: {}\n${PRODUCTION}`, 'Staging: {} is not allowed.'],
    ['no environment', PRODUCTION, 'Staging is missing. The endpoints of the versions that are promoted to Staging'],
    ['text', 'just text', 'the whole file: "just text" is not allowed. An environment each'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  test('instance and serverless together', () => {
    expect(problems(staging('InstanceType: ml.m5.large', 'ServerlessMaxConcurrency: 2'))).toContain(
      'Staging.InstanceType (ml.m5.large), Staging.ServerlessMaxConcurrency (2): an endpoint is real-time or serverless, not both. ' +
        'Keep InstanceType and InstanceCount, or ServerlessMaxConcurrency and ServerlessSizeInMB.',
    );
    expect(problems(staging('InstanceCount: 1', 'ServerlessSizeInMB: 1024'))).toContain('real-time or serverless');
  });

  test('data capture on serverless', () => {
    expect(problems(staging('ServerlessMaxConcurrency: 2', 'CaptureDestinationS3Uri: s3://my-bucket/x'))).toContain(
      'Staging.CaptureDestinationS3Uri (s3://my-bucket/x): a serverless endpoint cannot capture data. ' +
        'Remove it, or make the endpoint real-time with InstanceType.',
    );
  });

  test('network isolation of what SageMaker does not isolate', () => {
    expect(problems(staging('ServerlessMaxConcurrency: 2', 'EnableNetworkIsolation: true'))).toContain(
      'Staging.EnableNetworkIsolation (true): SageMaker isolates no serverless endpoint from the network. ' +
        'Remove it, or make the endpoint real-time with InstanceType.',
    );
    expect(problems(staging('ServerlessMaxConcurrency: 2', 'EnableNetworkIsolation: false'))).toBe('none');
    expect(problems(staging('InstanceType: ml.m5.large', 'EnableNetworkIsolation: on'))).toContain(
      'Staging.EnableNetworkIsolation: "on" is not allowed. Whether a real-time endpoint',
    );
  });

  test.each([
    ['EnableNetworkIsolation: true', 'Add Staging.InstanceType (such as ml.m5.large).'],
    ['InstanceCount: 2', 'Add Staging.InstanceType (such as ml.m5.large).'],
    ['CaptureDestinationS3Uri: s3://my-bucket/x', 'Add Staging.InstanceType (such as ml.m5.large).'],
    ['ServerlessSizeInMB: 2048', 'Add Staging.ServerlessMaxConcurrency (1 to 200).'],
    [
      'ExecutionRoleArn: arn:aws:iam::111122223333:role/mlflow-mlops-endpoint-x',
      'Add Staging.InstanceType (such as ml.m5.large) or Serverless',
    ],
  ])('%s alone makes no endpoint', (line, expected) => {
    expect(problems(staging(line))).toContain(expected);
  });

  test('all of them at once, a line each', () => {
    const text = 'Staging: {InstanceType: big, InstanceCount: 0}\nProduction: {ServerlessSizeInMB: 1}\nKeep: 1';
    expect(problems(text).split('\n')).toHaveLength(1 + 4);
  });
});

describe('what is no YAML is told with its line', () => {
  test.each([
    ['a tab', 'Staging:\n\tInstanceType: ml.m5.large', 'inference.yaml line 2: "InstanceType: ml.m5.large" is no YAML'],
    ['a bracket', 'Staging: {InstanceType: ml.m5.large\nProduction: x', 'inference.yaml line 2: '],
    [
      'a key twice',
      `${PRODUCTION}\nStaging: {}\nProduction: {}`,
      'line 3: "Production: {}" has a key that stands above already',
    ],
    ['nothing', '', 'inference.yaml is empty'],
    ['comments only', '# nothing\n\n  # at all\n', 'inference.yaml is empty'],
    ['two documents', 'Staging: {}\n---\nProduction: {}', 'inference.yaml is no YAML file of one document'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  test('an alias bomb is refused before it goes off', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    expect(problems(['l0: &l0 [x]', ...levels].join('\n'))).toContain('is one alias (*name) too many: 10 are allowed');
  });
});
