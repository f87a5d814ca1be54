import { ListBuildsForProjectCommand, StartBuildCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { outputsOf, templateOf } from '../cloudformation/stacks';
import { Builds, environment, logOf, type Properties, phases } from './builds';
import { ACCOUNT, ROLE, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();
const builds = new Builds(stage);

describe('projects', () => {
  test('of a stack are replaced as a whole, and go with it', async () => {
    const template = (variable: string) => {
      const Properties = {
        Artifacts: { Type: 'NO_ARTIFACTS' },
        ...environment({
          PrivilegedMode: 'false',
          EnvironmentVariables: [{ Name: variable, Value: 'given' }],
        }),
        ServiceRole: ROLE,
        Source: {
          Type: 'NO_SOURCE',
          BuildSpec: JSON.stringify({ version: '0.2', phases: { build: { commands: ['echo "$FIRST-$SECOND"'] } } }),
        },
        TimeoutInMinutes: '5',
      };
      const Project = { Type: 'AWS::CodeBuild::Project', Properties };
      return templateOf({ Project }, { Ref: { Ref: 'Project' }, Arn: { 'Fn::GetAtt': ['Project', 'Arn'] } });
    };
    const { Ref: name = '', Arn } = outputsOf(await stage.stacks.create('project', template('FIRST')));
    expect(Arn).toBe(`arn:aws:codebuild:us-east-1:${ACCOUNT}:project/${name}`);
    await stage.stacks.update('project', template('SECOND'));
    const done = await builds.run(name);
    expect(done.timeoutInMinutes).toBe(5);
    expect(logOf(done)).toContain('\n-given\n');
    await stage.stacks.delete('project');
    await expect(builds.start(name)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Project cannot be found: ${Arn}`,
    });
  });

  test('have unique names', async () => {
    await builds.project('unique', phases({ build: { commands: ['true'] } }));
    await expect(builds.project('unique', phases({ build: { commands: ['true'] } }))).rejects.toThrow(
      'Project already exists',
    );
  });

  test.each<[string, Properties]>([
    ['a source of type GITHUB', { Source: { Type: 'GITHUB', Location: 'https://example.com/r' } }],
    [
      'environment variables of type PARAMETER_STORE',
      environment({ EnvironmentVariables: [{ Name: 'A', Value: '/parameter', Type: 'PARAMETER_STORE' }] }),
    ],
    ['vpcConfig', { VpcConfig: { VpcId: 'vpc-1' } }],
  ])('with %s are refused by name', async (what, more) => {
    await expect(builds.project('lacking', { phases: {} }, more)).rejects.toThrow(what);
  });

  test('that a pipeline builds are not built without it', async () => {
    await builds.project('piped', {}, { Source: { Type: 'CODEPIPELINE' }, Artifacts: { Type: 'CODEPIPELINE' } });
    await expect(builds.start('piped')).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});

test('builds of a project are listed latest first', async () => {
  await builds.project('listed', phases({ build: { commands: ['true'] } }), { ConcurrentBuildLimit: 1 });
  const first = await builds.run('listed');
  const second = await builds.run('listed');
  const { ids } = await stage.codeBuild.send(new ListBuildsForProjectCommand({ projectName: 'listed' }));
  expect(ids).toEqual([second.id, first.id]);
});

test('one more build than a project may have at once is refused, and so is what a build would ignore', async () => {
  await builds.project('limited', phases({ build: { commands: ['sleep 30'] } }), { ConcurrentBuildLimit: 1 });
  const id = await builds.start('limited');
  await expect(builds.start('limited')).rejects.toMatchObject({ name: 'AccountLimitExceededException' });
  await stage.codeBuild.send(new StopBuildCommand({ id }));
  const start = new StartBuildCommand({ projectName: 'limited', buildspecOverride: 'x' });
  await expect(stage.codeBuild.send(start)).rejects.toThrow('does not have buildspecOverride of StartBuild');
});
