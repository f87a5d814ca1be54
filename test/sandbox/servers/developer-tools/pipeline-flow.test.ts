import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { outputsOf } from '../cloudformation/stacks';
import { deployed } from './deployments';
import { flow } from './flow';
import { push, repository } from './git';
import { actionsOf, ended, execution, executions } from './pipelines';
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
    expect(outputsOf(stack)).toEqual({ Value: 'first Change template.json' });
    expect(stack.Tags).toEqual([{ Key: 'from', Value: 'pipeline' }]);
  });

  test('tells what its actions took and gave', async () => {
    const [first] = await executions(stage, 'flow');
    const [taken, built, , executed] = await actionsOf(stage, 'flow', first?.pipelineExecutionId);
    const commit = first?.sourceRevisions?.[0]?.revisionId ?? '';
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(taken?.output?.outputVariables).toMatchObject({
      CommitId: commit,
      BranchName: 'main',
      RepositoryName: 'flow',
      CommitMessage: 'Change template.json',
    });
    expect(taken?.output?.outputArtifacts?.[0]?.s3location?.key).toMatch(/^flow\/Code\/\w{7}$/);
    expect(built?.input?.resolvedConfiguration?.EnvironmentVariables).toContain('Change template.json');
    expect(built?.output?.outputVariables).toEqual({ SEEN: `codepipeline/flow ${commit}` });
    expect(built?.output?.executionResult?.externalExecutionId).toMatch(/^Project-\w+:[0-9a-f-]{36}$/);
    expect(executed?.output?.outputVariables).toEqual({ Value: 'first Change template.json' });
    const place = executed?.output?.outputArtifacts?.[0]?.s3location;
    await stage.s3.send(new GetObjectCommand({ Bucket: place?.bucket, Key: place?.key }));
    expect((await execution(stage, 'flow', first?.pipelineExecutionId))?.artifactRevisions).toMatchObject([
      { name: 'Code', revisionId: commit },
    ]);
  });

  test('runs once for a push, by its rule', async () => {
    await push(folder, 'template.json', deployed('second'));
    const second = await ended(stage, 'flow', 2);
    expect(second).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'CloudWatchEvent' } });
    expect(second.trigger?.triggerDetail).toMatch(/^arn:aws:events:us-east-1:.*:rule\//);
    expect(outputsOf(await stage.stacks.describe('deployed'))).toEqual({ Value: 'second Change template.json' });
    expect(await executions(stage, 'flow')).toHaveLength(2);
  });

  test('executes nothing when nothing changed, and that is a success', async () => {
    const before = await stage.stacks.describe('deployed');
    await push(folder, 'template.json', `${deployed('second')} `);
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

  test('announces its executions, stages and actions', async () => {
    const [first] = await executions(stage, 'flow');
    const of = async (kind: string) =>
      (await stage.events.of(`CodePipeline ${kind} Execution State Change`)).filter(
        ({ detail }) => detail['execution-id'] === first?.pipelineExecutionId,
      );
    const pipelineEvents = await of('Pipeline');
    expect(pipelineEvents.map(({ detail }) => detail.state)).toEqual(['STARTED', 'SUCCEEDED']);
    expect(pipelineEvents[0]).toMatchObject({
      source: 'aws.codepipeline',
      resources: [`arn:aws:codepipeline:us-east-1:${ACCOUNT}:flow`],
      detail: { pipeline: 'flow', version: 1, 'execution-trigger': { 'trigger-type': 'CreatePipeline' } },
    });
    expect((await of('Stage')).map(({ detail }) => `${detail.stage} ${detail.state}`)).toEqual([
      'Source STARTED',
      'Source SUCCEEDED',
      'Build STARTED',
      'Build SUCCEEDED',
      'Deploy STARTED',
      'Deploy SUCCEEDED',
    ]);
    const synth = (await of('Action')).filter(({ detail }) => detail.action === 'Synth');
    expect(synth.map(({ detail }) => detail.state)).toEqual(['STARTED', 'SUCCEEDED']);
    expect(stage.log.filter((line) => line.includes(`flow ${first?.pipelineExecutionId?.slice(0, 8)} `))).not.toEqual(
      [],
    );
  });
});
