import { parseBuildEvent } from '../../../lambda/environment-built/build-event';

const DIGEST = '3f2a1b2c'.repeat(4);

/** An event with the members of AWS's sample (codebuild/latest/userguide/sample-build-notifications.html). */
const event = (variables: readonly { name: string; type: string; value: string }[]) => ({
  source: 'aws.codebuild',
  'detail-type': 'CodeBuild Build State Change',
  detail: {
    'build-status': 'FAILED',
    'project-name': 'mlflow-mlops-environments',
    'build-id':
      'arn:aws:codebuild:us-east-1:111111111111:build/mlflow-mlops-environments:8745a7a9-c340-456a-9166-edf953571bEX',
    'additional-information': { environment: { 'environment-variables': variables }, initiator: 'Create' },
    version: '1',
  },
});

test('the end of a build names the build as StartBuild does, and its environment', () => {
  const variables = [
    { name: 'BUCKET', type: 'PLAINTEXT', value: 'bucket' },
    { name: 'ENVIRONMENT_DIGEST', type: 'PLAINTEXT', value: DIGEST },
  ];
  expect(parseBuildEvent(event(variables))).toEqual({
    buildId: 'mlflow-mlops-environments:8745a7a9-c340-456a-9166-edf953571bEX',
    digest: DIGEST,
    status: 'FAILED',
  });
});

test.each(['', '../syncs', 'G'.repeat(32)])('a build of no environment is passed over: %j', (value) => {
  expect(parseBuildEvent(event([{ name: 'ENVIRONMENT_DIGEST', type: 'PLAINTEXT', value }]))).toBeUndefined();
  expect(parseBuildEvent(event([]))).toBeUndefined();
});

test('what is no such event is an error', () => {
  expect(() => parseBuildEvent({ detail: {} })).toThrow();
});
