import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import {
  DeletePipelineCommand,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { outputsOf, templateOf } from './cloudformation/stacks';
import { clone, git, push } from './developer-tools/git';
import {
  action,
  actionsOf,
  ended,
  execution,
  executions,
  pipeline,
  project,
  source,
} from './developer-tools/pipelines';
import { processesWith } from './developer-tools/processes';
import { ACCOUNT, openStage, ROLE, type Stage, until } from './developer-tools/stage';

jest.setTimeout(90_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 400_000);
afterAll(() => stage.close());

/** A repository with files on its main branch. */
async function repository(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: name }));
  const folder = await clone(join(stage.repositories, `${name}.git`));
  for (const [file, text] of Object.entries(files)) await push(folder, file, text);
  return folder;
}

const parameter = (value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value: value },
});

/** The template of the stack that a pipeline deploys: a parameter, and its value as the output. */
const deployed = (value: string) =>
  JSON.stringify({
    Parameters: { Suffix: { Type: 'String', Default: 'none' } },
    Resources: { Parameter: parameter({ 'Fn::Sub': `${value} \${Suffix}` }) },
    Outputs: { Value: { Value: { 'Fn::GetAtt': ['Parameter', 'Value'] } } },
  });

const changeSet = (stackName: string, mode: string, more: object = {}) => ({
  StackName: stackName,
  ChangeSetName: 'change',
  ActionMode: mode,
  ...more,
});

describe('a pipeline from a repository to a stack', () => {
  let folder: string;
  const template = () =>
    templateOf(
      {
        Project: project({
          phases: {
            build: {
              commands: [
                'mkdir -p out/nested && cp template.json out/nested/template.json',
                `printf '{"Parameters": {"Suffix": "%s"}, "Tags": {"from": "pipeline"}}' "$SUFFIX" > out/settings.json`,
                'export SEEN="$CODEBUILD_INITIATOR $CODEBUILD_RESOLVED_SOURCE_VERSION"',
              ],
            },
          },
          env: { 'exported-variables': ['SEEN'] },
          artifacts: { 'base-directory': 'out', files: ['**/*'] },
        }),
        Pipeline: pipeline('flow', {
          Source: [source('flow')],
          Build: [
            action(
              'Synth',
              'Build/CodeBuild',
              {
                ProjectName: { Ref: 'Project' },
                EnvironmentVariables: '[{"name":"SUFFIX","type":"PLAINTEXT","value":"#{From.CommitMessage}"}]',
              },
              { InputArtifacts: [{ Name: 'Code' }], OutputArtifacts: [{ Name: 'Out' }], Namespace: 'Built' },
            ),
          ],
          Deploy: [
            action(
              'Prepare',
              'Deploy/CloudFormation',
              changeSet('deployed', 'CHANGE_SET_REPLACE', {
                TemplatePath: 'Out::nested/template.json',
                TemplateConfiguration: 'Out::settings.json',
                RoleArn: ROLE,
                Capabilities: 'CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND',
              }),
              { InputArtifacts: [{ Name: 'Out' }], RunOrder: 1 },
            ),
            action('Deploy', 'Deploy/CloudFormation', changeSet('deployed', 'CHANGE_SET_EXECUTE'), {
              RunOrder: 2,
              Namespace: 'Stack',
              OutputArtifacts: [{ Name: 'Outputs' }],
              Configuration: { ...changeSet('deployed', 'CHANGE_SET_EXECUTE'), OutputFileName: 'outputs.json' },
            }),
          ],
        }),
        // What CDK makes for a CodeCommit source.
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {
              source: ['aws.codecommit'],
              'detail-type': ['CodeCommit Repository State Change'],
              resources: [`arn:aws:codecommit:us-east-1:${ACCOUNT}:flow`],
              detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
            },
            Targets: [
              {
                Id: 'pipeline',
                Arn: { 'Fn::Sub': `arn:aws:codepipeline:us-east-1:${ACCOUNT}:\${Pipeline}` },
                RoleArn: ROLE,
              },
            ],
          },
        },
      },
      { Ref: { Ref: 'Pipeline' }, Version: { 'Fn::GetAtt': ['Pipeline', 'Version'] } },
    );

  beforeAll(async () => {
    folder = await repository('flow', { 'template.json': deployed('first') });
    const stack = await stage.stacks.create('flow', template());
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

describe('a pipeline that changes its own stack', () => {
  /** The pipeline's stack, with a further stage once the repository says so, as a self-mutating pipeline has it. */
  const template = (further: boolean) => {
    const name = 'itself';
    // What `cdk deploy` does, without CDK.
    const update =
      'curl -sf -X POST "$AWS_ENDPOINT_URL/" -H "Authorization: AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20270101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0" --data-urlencode Action=UpdateStack --data-urlencode StackName=itself --data-urlencode "TemplateBody@template.json"';
    const commands = [`if [ -f further ]; then ${update} || true; sleep 2; fi`];
    const input = { InputArtifacts: [{ Name: 'Code' }] };
    const Project = project({ phases: { build: { commands } } });
    const stages = {
      Source: [source(name)],
      Mutate: [action('SelfMutate', 'Build/CodeBuild', { ProjectName: { Ref: 'Project' } }, input)],
      Last: [action('Again', 'Build/CodeBuild', { ProjectName: { Ref: 'Other' } }, input)],
      ...(further ? { Further: [action('More', 'Build/CodeBuild', { ProjectName: { Ref: 'Other' } }, input)] } : {}),
    };
    const Other = project({ phases: { build: { commands: ['echo other'] } } });
    return templateOf({ Project, Other, Pipeline: pipeline(name, stages, { RestartExecutionOnUpdate: true }) });
  };

  test('completes the action that runs, is cancelled, and starts again with the new definition', async () => {
    const folder = await repository('itself', { 'README.md': 'x' });
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

describe('stopping', () => {
  const mark = `sleep 6${Date.now() % 100_000}`;

  test('abandons the actions, and their builds go on until they are stopped themselves', async () => {
    await repository('slow', { 'README.md': 'x' });
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
  await repository('approved', { 'README.md': 'x' });
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
  const [, old] = (await git(await clone(join(stage.repositories, 'flow.git')), 'rev-list', 'main')).split('\n');
  await repository('started', { 'README.md': 'x' });
  const stages = {
    Source: [source('flow', {})],
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

test("what deploys over a stack that was rolled back fails in CloudFormation's words", async () => {
  const Repository = { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'in-the-way' } };
  expect((await stage.stacks.create('broken', templateOf({ Repository }))).StackStatus).toBe('ROLLBACK_COMPLETE');
  const folder = await repository('over', { 'template.json': templateOf({ Parameter: parameter('x') }) });
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
  expect(folder).not.toBe('');
});

test('CREATE_UPDATE makes a stack and updates it, DELETE_ONLY deletes it, missing or not', async () => {
  const folder = await repository('direct', { 'template.json': deployed('first') });
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

test('a name that is taken, and what is not here, fail the stack', async () => {
  const stages = { Source: [source('flow')], Approve: [action('Ask', 'Approval/Manual', {})] };
  await stage.stacks.create('same-name', templateOf({ Pipeline: pipeline('flow', stages) }));
  expect((await stage.stacks.failures('same-name'))[0]).toContain(
    `A pipeline with the name 'flow' already exists in account '${ACCOUNT}'`,
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
  const store = { ArtifactStore: { Type: 'S3', Location: 'no-such-bucket' } };
  await stage.stacks.create('bucketless', templateOf({ Pipeline: pipeline('bucketless', stages('flow'), store) }));
  expect((await ended(stage, 'bucketless', 1)).statusSummary).toContain('s3://no-such-bucket/bucketless/Code/');
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'empty' }));
  await stage.stacks.create('branchless', templateOf({ Pipeline: pipeline('branchless', stages('empty')) }));
  expect((await ended(stage, 'branchless', 1)).statusSummary).toContain('no branch named main was found');
});
