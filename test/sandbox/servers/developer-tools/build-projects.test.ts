import {
  BatchGetProjectsCommand,
  DeleteProjectCommand,
  ListBuildsForProjectCommand,
  StopBuildCommand,
  UpdateProjectCommand,
} from '@aws-sdk/client-codebuild';
import { outputsOf, templateOf } from '../cloudformation/stacks';
import { Builds, logOf, type Overrides, phases } from './builds';
import { ACCOUNT, ROLE, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();
const builds = new Builds(stage);

describe('projects', () => {
  test('of a stack are replaced as a whole, and go with it', async () => {
    const spec = (command: string) => JSON.stringify({ version: '0.2', phases: { build: { commands: [command] } } });
    const template = (command: string, more: object = {}) => {
      const Properties = {
        Artifacts: { Type: 'NO_ARTIFACTS' },
        Environment: {
          ComputeType: 'BUILD_GENERAL1_SMALL',
          Image: 'image',
          Type: 'LINUX_CONTAINER',
          PrivilegedMode: 'false',
        },
        ServiceRole: ROLE,
        Source: { Type: 'NO_SOURCE', BuildSpec: spec(command) },
        TimeoutInMinutes: '5',
        ...more,
      };
      const Project = { Type: 'AWS::CodeBuild::Project', Properties };
      return templateOf({ Project }, { Ref: { Ref: 'Project' }, Arn: { 'Fn::GetAtt': ['Project', 'Arn'] } });
    };
    const stack = await stage.stacks.create('project', template('echo first', { Description: 'old' }));
    const { Ref: name = '', Arn } = outputsOf(stack);
    const described = async () =>
      (await stage.codeBuild.send(new BatchGetProjectsCommand({ names: [name] }))).projects?.[0];
    expect(await described()).toMatchObject({ arn: Arn, description: 'old', timeoutInMinutes: 5 });
    await stage.stacks.update('project', template('echo second'));
    const updated = await described();
    expect(updated?.description).toBeUndefined();
    expect(logOf(await builds.run(name))).toContain('\nsecond\n');
    await stage.stacks.delete('project');
    expect(await described()).toBeUndefined();
  });

  test('have unique names; an update leaves alone what it does not name', async () => {
    await builds.project('unique', phases({ build: { commands: ['true'] } }), { description: 'kept' });
    await expect(builds.project('unique', phases({ build: { commands: ['true'] } }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    const { project: updated } = await stage.codeBuild.send(
      new UpdateProjectCommand({ name: 'unique', timeoutInMinutes: 7 }),
    );
    expect(updated).toMatchObject({ description: 'kept', timeoutInMinutes: 7 });
    await stage.codeBuild.send(new DeleteProjectCommand({ name: 'unique' }));
    await expect(builds.start('unique')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Project cannot be found: arn:aws:codebuild:us-east-1:${ACCOUNT}:project/unique`,
    });
  });

  test.each<[string, Overrides]>([
    ['a source of type GITHUB', { source: { type: 'GITHUB', location: 'https://example.com/r' } }],
    [
      'environment variables of type SECRETS_MANAGER',
      {
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'image',
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: [{ name: 'A', value: 'secret', type: 'SECRETS_MANAGER' }],
        },
      },
    ],
    ['vpcConfig', { vpcConfig: { vpcId: 'vpc-1' } }],
  ])('with %s are refused by name', async (what, overrides) => {
    await expect(builds.project('lacking', { phases: {} }, overrides)).rejects.toThrow(what);
  });

  test('that a pipeline builds are not built without it', async () => {
    await builds.project('piped', {}, { source: { type: 'CODEPIPELINE' }, artifacts: { type: 'CODEPIPELINE' } });
    await expect(builds.start('piped')).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});

test('state changes are events, and builds of a project are listed latest first', async () => {
  await builds.project('listed', phases({ build: { commands: ['true'] } }), { concurrentBuildLimit: 1 });
  const first = await builds.run('listed');
  const second = await builds.run('listed');
  const { ids } = await stage.codeBuild.send(new ListBuildsForProjectCommand({ projectName: 'listed' }));
  expect(ids).toEqual([second.id, first.id]);
  const events = (await stage.events.of('CodeBuild Build State Change')).filter(
    ({ detail }) => detail['build-id'] === first.arn,
  );
  expect(events.map(({ detail }) => detail['build-status'])).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
});

test('one more build than a project may have at once is refused', async () => {
  await builds.project('limited', phases({ build: { commands: ['sleep 30'] } }), { concurrentBuildLimit: 1 });
  const id = await builds.start('limited');
  await expect(builds.start('limited')).rejects.toMatchObject({ name: 'AccountLimitExceededException' });
  await stage.codeBuild.send(new StopBuildCommand({ id }));
});
