import { parseArtifactSource } from '../../../../lambda/shared/registry/artifact-source';

test.each([
  [
    'models:/m-971b00edcfbf4ecd9e2263b8e68b6f8a',
    '',
    { kind: 'logged-model', modelId: 'm-971b00edcfbf4ecd9e2263b8e68b6f8a' },
  ],
  ['runs:/853452973e63/model', '', { kind: 'run', runId: '853452973e63', path: 'model' }],
  ['runs:/853452973e63/deep/model/', '', { kind: 'run', runId: '853452973e63', path: 'deep/model' }],
  ['runs:/853452973e63', '', { kind: 'run', runId: '853452973e63', path: '' }],
  ['runs:/853452973e63/', '', { kind: 'run', runId: '853452973e63', path: '' }],
  ['runs:/853452973e63//a//b/', '', { kind: 'run', runId: '853452973e63', path: 'a/b' }],
  ['runs:///853452973e63/a', '', { kind: 'run', runId: '853452973e63', path: 'a' }],
  ['runs://profile@databricks/853452973e63/a', '', { kind: 'run', runId: '853452973e63', path: 'a' }],
  ['mlflow-artifacts:/1/853452973e63/artifacts/model', '', { kind: 'proxied', path: '1/853452973e63/artifacts/model' }],
  ['mlflow-artifacts://host:5000/1/r/artifacts/model', '', { kind: 'proxied', path: '1/r/artifacts/model' }],
  ['s3://bucket/exp/r1/artifacts/model', 'r1', { kind: 'run', runId: 'r1', path: 'model' }],
  ['s3://bucket/exp/r1/artifacts', 'r1', { kind: 'run', runId: 'r1', path: '' }],
  ['models:/other/1', '', { kind: 'copy' }],
  ['s3://bucket/model', '', { kind: 'store', uri: 's3://bucket/model' }],
  ['s3://bucket/artifacts/1/r1/artifacts/model/', 'r1', { kind: 'run', runId: 'r1', path: 'model' }],
])('%s', (source, runId, parsed) => {
  expect(parseArtifactSource(source, runId)).toEqual(parsed);
});

test.each(['s3://bucket', '', 'models:/other/latest', 'file:///tmp/model'])(
  '%s is refused with the way out',
  (source) => {
    expect(() => parseArtifactSource(source, '')).toThrow(/log the model again/);
  },
);
