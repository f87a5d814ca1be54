import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { outputsOf } from '../cloudformation/stacks';
import { deployed } from './deployments';
import { flow } from './flow';
import { push, repository } from './git';
import { actionsOf, ended, executions } from './pipelines';
import { ACCOUNT, useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

describe('a pipeline from a repository to a stack', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await repository(stage, 'flow', { 'template.json': deployed('first') });
    const stack = await stage.stacks.create('flow', flow());
    expect(await stage.stacks.failures('flow')).toEqual([]);
    expect(outputsOf(stack)).toEqual({ Ref: 'flow', Version: '1' });
  });

  test('runs when it is made', async () => {
    const first = await ended(stage, 'flow', 1);
    expect(first).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'CreatePipeline' } });
    const runs = await actionsOf(stage, 'flow', first.pipelineExecutionId);
    expect(runs.map(({ stageName, actionName, status }) => `${stageName}/${actionName} ${status}`)).toEqual([
      'Source/Source Succeeded',
      'Build/Synth Succeeded',
      'Deploy/Prepare Succeeded',
      'Deploy/Deploy Succeeded',
    ]);
    const stack = await stage.stacks.describe('deployed');
    const [{ revisionId = '' } = {}] = first.sourceRevisions ?? [];
    expect(revisionId).toMatch(/^[0-9a-f]{40}$/);
    expect(outputsOf(stack)).toEqual({ Value: `first codepipeline/flow ${revisionId}` });
    expect(stack.Tags).toEqual([{ Key: 'from', Value: 'pipeline' }]);
  });

  test('tells what its actions took and gave', async () => {
    const [first] = await executions(stage, 'flow');
    const [taken, built] = await actionsOf(stage, 'flow', first?.pipelineExecutionId);
    expect(taken?.output?.outputArtifacts?.[0]?.s3location?.key).toMatch(/^flow\/Code\/\w{7}$/);
    expect(built?.input?.inputArtifacts).toEqual(taken?.output?.outputArtifacts);
    expect(built?.output?.executionResult?.externalExecutionId).toMatch(/^Project-\w+:[0-9a-f-]{36}$/);
  });

  test('runs once for a push, by its rule', async () => {
    await push(folder, 'template.json', deployed('second'));
    const second = await ended(stage, 'flow', 2);
    expect(second).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'CloudWatchEvent' } });
    expect(second.trigger?.triggerDetail).toMatch(/^arn:aws:events:us-east-1:.*:rule\//);
    const revision = second.sourceRevisions?.[0]?.revisionId;
    const { Value } = outputsOf(await stage.stacks.describe('deployed'));
    expect(Value).toBe(`second codepipeline/flow ${revision}`);
    expect(await executions(stage, 'flow')).toHaveLength(2);
  });

  test('executes nothing when nothing changed, and that is a success', async () => {
    const before = await stage.stacks.describe('deployed');
    await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'flow' }));
    expect(await ended(stage, 'flow', 3)).toMatchObject({ status: 'Succeeded' });
    const after = await stage.stacks.describe('deployed');
    expect(after.LastUpdatedTime).toEqual(before.LastUpdatedTime);
    const runs = await actionsOf(stage, 'flow', (await executions(stage, 'flow'))[2]?.pipelineExecutionId);
    expect(runs.at(-1)?.output?.executionResult?.externalExecutionSummary).toContain('has no changes');
  });

  test('fails with the build and the phase when a command does', async () => {
    await push(folder, 'template.json', deployed('third'));
    await ended(stage, 'flow', 4);
    await rm(join(folder, 'template.json'));
    await push(folder, 'other.txt', 'x');
    const failed = await ended(stage, 'flow', 5);
    expect(failed).toMatchObject({ status: 'Failed' });
    expect(failed.statusSummary).toMatch(
      /^Build\/Synth: Build Project-\w+:[0-9a-f-]{36} terminated with state: FAILED\. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: mkdir/,
    );
    const runs = await actionsOf(stage, 'flow', failed.pipelineExecutionId);
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Failed']);
  });

  test('fails with the reason of the first resource that does', async () => {
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'in-the-way' }));
    const Repository = { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'in-the-way' } };
    const Parameters = { Suffix: { Type: 'String' } };
    await push(folder, 'template.json', JSON.stringify({ Parameters, Resources: { Repository } }));
    const failed = await ended(stage, 'flow', 6);
    expect(failed).toMatchObject({ status: 'Failed' });
    expect(failed.statusSummary).toMatch(
      /^Deploy\/Deploy: Stack deployed ended in UPDATE_ROLLBACK_COMPLETE: Repository: .*in-the-way already exists/,
    );
  });

  test('announces its executions', async () => {
    const [first] = await executions(stage, 'flow');
    const events = (await stage.events.of('CodePipeline Pipeline Execution State Change')).filter(
      ({ detail }) => detail['execution-id'] === first?.pipelineExecutionId,
    );
    expect(events.map(({ detail }) => detail.state)).toEqual(['STARTED', 'SUCCEEDED']);
    expect(events[0]).toMatchObject({
      source: 'aws.codepipeline',
      resources: [`arn:aws:codepipeline:us-east-1:${ACCOUNT}:flow`],
      detail: { pipeline: 'flow', version: 1, 'execution-trigger': { 'trigger-type': 'CreatePipeline' } },
    });
    expect(stage.log.filter((line) => line.includes(`flow ${first?.pipelineExecutionId?.slice(0, 8)} `))).not.toEqual(
      [],
    );
  });
});
