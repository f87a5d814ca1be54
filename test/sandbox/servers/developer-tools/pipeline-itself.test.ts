import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { templateOf } from '../cloudformation/stacks';
import { push, repository } from './git';
import { actionsOf, build, ended, executions, pipeline, project, source } from './pipelines';
import { useStage } from './stage';

jest.setTimeout(90_000);

const stage = useStage();

describe('a pipeline that changes its own stack', () => {
  /** The pipeline's stack, with a further stage once the repository says so, as a self-mutating pipeline has it. */
  const template = (further: boolean) => {
    const name = 'itself';
    // What `cdk deploy` does, without CDK.
    const update =
      'curl -sf -X POST "$AWS_ENDPOINT_URL/" -H "Authorization: AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20270101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0" --data-urlencode Action=UpdateStack --data-urlencode StackName=itself --data-urlencode "TemplateBody@template.json"';
    const commands = [`if [ -f further ]; then ${update} || true; sleep 2; fi`];
    const Project = project({ phases: { build: { commands } } });
    const stages = {
      Source: [source(name)],
      Mutate: [build('SelfMutate', { Ref: 'Project' })],
      Last: [build('Again', { Ref: 'Other' })],
      ...(further ? { Further: [build('More', { Ref: 'Other' })] } : {}),
    };
    const Other = project({ phases: { build: { commands: ['echo other'] } } });
    return templateOf({ Project, Other, Pipeline: pipeline(name, stages, { RestartExecutionOnUpdate: true }) });
  };

  test('completes the action that runs, is cancelled, and starts again with the new definition', async () => {
    const folder = await repository(stage, 'itself', { 'README.md': 'x' });
    await stage.stacks.create('itself', template(false));
    expect(await stage.stacks.failures('itself')).toEqual([]);
    expect(await ended(stage, 'itself', 1)).toMatchObject({ status: 'Succeeded' });
    await writeFile(join(folder, 'template.json'), template(true));
    await push(folder, 'further', 'x');
    const { pipelineExecutionId } = await stage.codePipeline.send(
      new StartPipelineExecutionCommand({ name: 'itself' }),
    );
    const mutating = await ended(stage, 'itself', 2);
    expect(mutating).toMatchObject({ pipelineExecutionId, status: 'Cancelled' });
    const runs = await actionsOf(stage, 'itself', pipelineExecutionId);
    expect(runs.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
      'Source Succeeded',
      'SelfMutate Succeeded',
    ]);
    const restarted = await ended(stage, 'itself', 3);
    expect(restarted.status).toBe('Succeeded');
    const again = await actionsOf(stage, 'itself', restarted.pipelineExecutionId);
    expect(again.map(({ actionName, pipelineVersion }) => `${actionName} ${pipelineVersion}`)).toEqual([
      'Source 2',
      'SelfMutate 2',
      'Again 2',
      'More 2',
    ]);
    // The template was the same the second time: one change, one restart.
    expect(await executions(stage, 'itself')).toHaveLength(3);
  });
});
