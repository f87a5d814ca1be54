import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { StartPipelineExecutionCommand, StopPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { templateOf } from '../cloudformation/stacks';
import { changeSet, parameter } from './deployments';
import { repository } from './git';
import { action, actionsOf, build, ended, executions, pipeline, project, source } from './pipelines';
import { processesWith } from './processes';
import { ACCOUNT, ROLE, until, useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

/** The stages of a pipeline that builds a project which nobody made. */
const unbuilt = (name: string) => ({ Source: [source(name)], Build: [build('Build', 'no-such-project')] });

describe('stopping', () => {
  const mark = `sleep 6${Date.now() % 100_000}`;

  test('abandons the actions, and their builds go on until they are stopped themselves', async () => {
    await repository(stage, 'slow', { 'README.md': 'x' });
    const stages = { Source: [source('slow')], Build: [build('Slow', { Ref: 'Project' })] };
    const Project = project({ phases: { build: { commands: [mark] } } });
    await stage.stacks.create('slow', templateOf({ Project, Pipeline: pipeline('slow', stages) }));
    const id = await until(async () => {
      const runs = await actionsOf(stage, 'slow', (await executions(stage, 'slow'))[0]?.pipelineExecutionId);
      return processesWith(mark).length > 0 ? runs[1]?.output?.executionResult?.externalExecutionId : undefined;
    });
    const [first] = await executions(stage, 'slow');
    const stop = { pipelineName: 'slow', pipelineExecutionId: first?.pipelineExecutionId, reason: 'enough' };
    await stage.codePipeline.send(new StopPipelineExecutionCommand({ ...stop, abandon: true }));
    expect(await ended(stage, 'slow', 1)).toMatchObject({ status: 'Stopped', stopTrigger: { reason: 'enough' } });
    const runs = await actionsOf(stage, 'slow', first?.pipelineExecutionId);
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Abandoned']);
    expect(processesWith(mark)).not.toEqual([]);
    await stage.codeBuild.send(new StopBuildCommand({ id }));
    await until(async () => (processesWith(mark).length === 0 ? true : undefined));
    await expect(
      stage.codePipeline.send(new StopPipelineExecutionCommand({ ...stop, abandon: true })),
    ).rejects.toMatchObject({ name: 'PipelineExecutionNotStoppableException' });
  });

  test('by deleting the pipeline leaves nothing to ask for', async () => {
    await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'slow' }));
    await until(async () => (processesWith(mark).length > 0 ? true : undefined));
    await stage.stacks.delete('slow');
    await expect(executions(stage, 'slow')).rejects.toMatchObject({
      name: 'PipelineNotFoundException',
      message: `Account '${ACCOUNT}' does not have a pipeline with name 'slow'`,
    });
  });
});

test('a token starts one execution', async () => {
  await repository(stage, 'started', { 'README.md': 'x' });
  await stage.stacks.create('started', templateOf({ Pipeline: pipeline('started', unbuilt('started')) }));
  const clientRequestToken = 'aaaaaaaa-1111-4111-8111-111111111111';
  const start = new StartPipelineExecutionCommand({ name: 'started', clientRequestToken });
  const first = await stage.codePipeline.send(start);
  expect((await stage.codePipeline.send(start)).pipelineExecutionId).toBe(first.pipelineExecutionId);
  expect(await executions(stage, 'started')).toHaveLength(2);
  const variables = [{ name: 'Colour', value: 'red' }];
  await expect(
    stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'started', variables })),
  ).rejects.toThrow("The sandbox's CodePipeline does not have variables");
});

describe('refusals', () => {
  test('a name that is taken, and what is not here, fail the stack', async () => {
    await repository(stage, 'taken', { 'README.md': 'x' });
    await stage.stacks.create('taken', templateOf({ Pipeline: pipeline('taken', unbuilt('taken')) }));
    await stage.stacks.create('same-name', templateOf({ Pipeline: pipeline('taken', unbuilt('taken')) }));
    expect((await stage.stacks.failures('same-name'))[0]).toContain(
      `A pipeline with the name 'taken' already exists in account '${ACCOUNT}'`,
    );
    const lambda = { ...unbuilt('taken'), Call: [action('Call', 'Invoke/Lambda', { FunctionName: 'f' })] };
    await stage.stacks.create('lambda', templateOf({ Pipeline: pipeline('lambda', lambda) }));
    expect((await stage.stacks.failures('lambda'))[0]).toContain(
      'does not have the action provider Lambda (Invoke, AWS, 1)',
    );
  });

  test('a source that is not there, and a bucket that is not there, fail the execution by name', async () => {
    await stage.stacks.create('nowhere', templateOf({ Pipeline: pipeline('nowhere', unbuilt('no-such')) }));
    expect((await ended(stage, 'nowhere', 1)).statusSummary).toContain('repository no-such does not exist');
    await repository(stage, 'sourced', { 'README.md': 'x' });
    const store = { ArtifactStore: { Type: 'S3', Location: 'no-such-bucket' } };
    await stage.stacks.create(
      'bucketless',
      templateOf({ Pipeline: pipeline('bucketless', unbuilt('sourced'), store) }),
    );
    expect((await ended(stage, 'bucketless', 1)).statusSummary).toContain('s3://no-such-bucket/bucketless/Code/');
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'empty' }));
    await stage.stacks.create('branchless', templateOf({ Pipeline: pipeline('branchless', unbuilt('empty')) }));
    expect((await ended(stage, 'branchless', 1)).statusSummary).toContain('no branch named main was found');
  });

  test("what deploys over a stack that was rolled back fails in CloudFormation's words", async () => {
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'in-the-way' }));
    const Repository = { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'in-the-way' } };
    expect((await stage.stacks.create('broken', templateOf({ Repository }))).StackStatus).toBe('ROLLBACK_COMPLETE');
    await repository(stage, 'over', { 'template.json': templateOf({ Parameter: parameter('x') }) });
    const more = { TemplatePath: 'Code::template.json', RoleArn: ROLE };
    const configuration = changeSet('broken', 'CHANGE_SET_REPLACE', more);
    const prepare = action('Prepare', 'Deploy/CloudFormation', configuration, { InputArtifacts: [{ Name: 'Code' }] });
    const stages = { Source: [source('over')], Deploy: [prepare] };
    await stage.stacks.create('over', templateOf({ Pipeline: pipeline('over', stages) }));
    expect((await ended(stage, 'over', 1)).statusSummary).toMatch(
      /is in ROLLBACK_COMPLETE state and can not be updated/,
    );
  });
});
