import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { templateOf } from '../cloudformation/stacks';
import { repository } from './git';
import { action, ended, pipeline, source } from './pipelines';
import { ACCOUNT, useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

test('a name that is taken, and what is not here, fail the stack', async () => {
  await repository(stage, 'taken', { 'README.md': 'x' });
  const stages = { Source: [source('taken')], Approve: [action('Ask', 'Approval/Manual', {})] };
  await stage.stacks.create('taken', templateOf({ Pipeline: pipeline('taken', stages) }));
  await stage.stacks.create('same-name', templateOf({ Pipeline: pipeline('taken', stages) }));
  expect((await stage.stacks.failures('same-name'))[0]).toContain(
    `A pipeline with the name 'taken' already exists in account '${ACCOUNT}'`,
  );
  const lambda = { ...stages, Call: [action('Call', 'Invoke/Lambda', { FunctionName: 'f' })] };
  await stage.stacks.create('lambda', templateOf({ Pipeline: pipeline('lambda', lambda) }));
  expect((await stage.stacks.failures('lambda'))[0]).toContain(
    'does not have the action provider Lambda (Invoke, AWS, 1)',
  );
});

test('a source that is not there, and a bucket that is not there, fail the execution by name', async () => {
  const stages = (name: string) => ({ Source: [source(name)], Approve: [action('Ask', 'Approval/Manual', {})] });
  await stage.stacks.create('nowhere', templateOf({ Pipeline: pipeline('nowhere', stages('no-such')) }));
  expect((await ended(stage, 'nowhere', 1)).statusSummary).toContain('repository no-such does not exist');
  await repository(stage, 'sourced', { 'README.md': 'x' });
  const store = { ArtifactStore: { Type: 'S3', Location: 'no-such-bucket' } };
  await stage.stacks.create('bucketless', templateOf({ Pipeline: pipeline('bucketless', stages('sourced'), store) }));
  expect((await ended(stage, 'bucketless', 1)).statusSummary).toContain('s3://no-such-bucket/bucketless/Code/');
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'empty' }));
  await stage.stacks.create('branchless', templateOf({ Pipeline: pipeline('branchless', stages('empty')) }));
  expect((await ended(stage, 'branchless', 1)).statusSummary).toContain('no branch named main was found');
});
