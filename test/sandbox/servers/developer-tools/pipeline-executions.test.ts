import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import {
  DeletePipelineCommand,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { templateOf } from '../cloudformation/stacks';
import { git, repository } from './git';
import { action, actionsOf, ended, executions, pipeline, project, source } from './pipelines';
import { processesWith } from './processes';
import { ACCOUNT, until, useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

describe('stopping', () => {
  const mark = `sleep 6${Date.now() % 100_000}`;

  test('abandons the actions, and their builds go on until they are stopped themselves', async () => {
    await repository(stage, 'slow', { 'README.md': 'x' });
    const input = { InputArtifacts: [{ Name: 'Code' }] };
    const stages = {
      Source: [source('slow')],
      Build: [action('Slow', 'Build/CodeBuild', { ProjectName: { Ref: 'Project' } }, input)],
    };
    const Project = project({ phases: { build: { commands: [mark] } } });
    await stage.stacks.create('slow', templateOf({ Project, Pipeline: pipeline('slow', stages) }));
    const build = await until(async () => {
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
    await stage.codeBuild.send(new StopBuildCommand({ id: build }));
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
    await stage.codePipeline.send(new DeletePipelineCommand({ name: 'slow' }));
  });
});

test('an approval waits for its answer', async () => {
  await repository(stage, 'approved', { 'README.md': 'x' });
  const stages = {
    Source: [source('approved')],
    Approve: [action('Ask', 'Approval/Manual', { CustomData: 'Is #{From.BranchName} good?' })],
  };
  await stage.stacks.create('approved', templateOf({ Pipeline: pipeline('approved', stages) }));
  const asked = () =>
    until(async () => {
      const { stageStates = [] } = await stage.codePipeline.send(new GetPipelineStateCommand({ name: 'approved' }));
      const latest = stageStates[1]?.actionStates?.[0]?.latestExecution;
      return latest?.token === undefined ? undefined : latest;
    });
  const answer = (token: string | undefined, status: 'Approved' | 'Rejected') =>
    stage.codePipeline.send(
      new PutApprovalResultCommand({
        pipelineName: 'approved',
        stageName: 'Approve',
        actionName: 'Ask',
        result: { status, summary: 'seen' },
        token,
      }),
    );
  const first = await asked();
  expect(first).toMatchObject({ status: 'InProgress', summary: 'Is main good?' });
  await expect(answer('11111111-1111-4111-8111-111111111111', 'Approved')).rejects.toMatchObject({
    name: 'InvalidApprovalTokenException',
  });
  await answer(first.token, 'Approved');
  expect(await ended(stage, 'approved', 1)).toMatchObject({ status: 'Succeeded' });
  await expect(answer(first.token, 'Approved')).rejects.toMatchObject({ name: 'ApprovalAlreadyCompletedException' });
  await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'approved' }));
  await answer((await asked()).token, 'Rejected');
  expect(await ended(stage, 'approved', 2)).toMatchObject({
    status: 'Failed',
    statusSummary: 'Approve/Ask: Rejected: seen',
  });
});

test('a token starts one execution, and commits can be chosen', async () => {
  const folder = await repository(stage, 'started', { 'README.md': 'x', 'other.txt': 'y' });
  const [, old] = (await git(folder, 'rev-list', 'HEAD')).split('\n');
  const stages = {
    Source: [source('started', {})],
    Approve: [action('Ask', 'Approval/Manual', {})],
  };
  await stage.stacks.create('started', templateOf({ Pipeline: pipeline('started', stages) }));
  const start = new StartPipelineExecutionCommand({
    name: 'started',
    clientRequestToken: 'aaaaaaaa-1111-4111-8111-111111111111',
    sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: old }],
  });
  const first = await stage.codePipeline.send(start);
  expect((await stage.codePipeline.send(start)).pipelineExecutionId).toBe(first.pipelineExecutionId);
  const run = await until(async () => (await executions(stage, 'started'))[1]?.sourceRevisions?.[0]);
  expect(run.revisionId).toBe(old);
  expect(await executions(stage, 'started')).toHaveLength(2);
});
