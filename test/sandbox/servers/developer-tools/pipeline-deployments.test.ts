import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { outputsOf, templateOf } from '../cloudformation/stacks';
import { changeSet, deployed, parameter } from './deployments';
import { push, repository } from './git';
import { action, ended, executions, pipeline, source } from './pipelines';
import { ROLE, useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

test("what deploys over a stack that was rolled back fails in CloudFormation's words", async () => {
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'in-the-way' }));
  const Repository = { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'in-the-way' } };
  expect((await stage.stacks.create('broken', templateOf({ Repository }))).StackStatus).toBe('ROLLBACK_COMPLETE');
  await repository(stage, 'over', { 'template.json': templateOf({ Parameter: parameter('x') }) });
  const configuration = {
    ...changeSet('broken', 'CHANGE_SET_REPLACE'),
    TemplatePath: 'Code::template.json',
    RoleArn: ROLE,
  };
  const stages = {
    Source: [source('over')],
    Deploy: [action('Prepare', 'Deploy/CloudFormation', configuration, { InputArtifacts: [{ Name: 'Code' }] })],
    Remove: [
      action('Remove', 'Deploy/CloudFormation', { ActionMode: 'DELETE_ONLY', StackName: 'broken', RoleArn: ROLE }),
    ],
  };
  await stage.stacks.create('over', templateOf({ Pipeline: pipeline('over', stages) }));
  expect((await ended(stage, 'over', 1)).statusSummary).toMatch(/is in ROLLBACK_COMPLETE state and can not be updated/);
});

test('CREATE_UPDATE makes a stack and updates it, DELETE_ONLY deletes it, missing or not', async () => {
  const folder = await repository(stage, 'direct', { 'template.json': deployed('first') });
  const configuration = {
    StackName: 'direct-stack',
    ActionMode: 'CREATE_UPDATE',
    TemplatePath: 'Code::template.json',
    ParameterOverrides: '{"Suffix": "given"}',
    RoleArn: ROLE,
  };
  const remove = { ActionMode: 'DELETE_ONLY', StackName: 'direct-stack', RoleArn: ROLE };
  const stages = (removing: boolean) => ({
    Source: [source('direct')],
    Deploy: removing
      ? [
          action('Remove', 'Deploy/CloudFormation', remove),
          action('Again', 'Deploy/CloudFormation', remove, { RunOrder: 2 }),
        ]
      : [action('Deploy', 'Deploy/CloudFormation', configuration, { InputArtifacts: [{ Name: 'Code' }] })],
  });
  await stage.stacks.create('direct', templateOf({ Pipeline: pipeline('direct', stages(false)) }));
  expect((await ended(stage, 'direct', 1)).status).toBe('Succeeded');
  expect(outputsOf(await stage.stacks.describe('direct-stack'))).toEqual({ Value: 'first given' });
  await push(folder, 'template.json', deployed('second'));
  await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'direct' }));
  expect((await ended(stage, 'direct', 2)).status).toBe('Succeeded');
  expect(outputsOf(await stage.stacks.describe('direct-stack'))).toEqual({ Value: 'second given' });
  await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'direct' }));
  expect((await ended(stage, 'direct', 3)).status).toBe('Succeeded');
  await stage.stacks.update('direct', templateOf({ Pipeline: pipeline('direct', stages(true)) }));
  expect(await executions(stage, 'direct')).toHaveLength(3);
  await stage.codePipeline.send(new StartPipelineExecutionCommand({ name: 'direct' }));
  expect((await ended(stage, 'direct', 4)).status).toBe('Succeeded');
  await expect(stage.stacks.describe('direct-stack')).rejects.toThrow('does not exist');
});
