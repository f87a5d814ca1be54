import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  type Build,
  CreateProjectCommand,
  type CreateProjectCommandInput,
  DeleteProjectCommand,
  ListBuildsForProjectCommand,
  StartBuildCommand,
  type StartBuildCommandInput,
  StopBuildCommand,
  UpdateProjectCommand,
} from '@aws-sdk/client-codebuild';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { outputsOf, templateOf } from './cloudformation/stacks';
import { processesWith } from './developer-tools/processes';
import { ACCOUNT, openStage, ROLE, type Stage, until } from './developer-tools/stage';

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 400_000);
afterAll(() => stage.close());

type Overrides = Partial<CreateProjectCommandInput>;
interface Phases {
  readonly [phase: string]: { readonly commands: readonly string[] };
}

async function project(name: string, spec: object, overrides: Overrides = {}): Promise<void> {
  const buildspec = JSON.stringify({ version: '0.2', ...spec });
  await stage.codeBuild.send(
    new CreateProjectCommand({
      name,
      source: { type: 'NO_SOURCE', buildspec },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: ROLE,
      ...overrides,
    }),
  );
}

const phases = (of: Phases) => ({ phases: of });
const describeBuild = async (id: string): Promise<Build> => {
  const { builds: [build] = [] } = await stage.codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }));
  if (!build) throw new Error(`there is no build ${id}`);
  return build;
};
const logOf = (build: Build) => readFileSync(fileURLToPath(build.logs?.deepLink ?? ''), 'utf8');

async function start(projectName: string, overrides: Partial<StartBuildCommandInput> = {}): Promise<string> {
  const { build } = await stage.codeBuild.send(new StartBuildCommand({ projectName, ...overrides }));
  return build?.id ?? '';
}

async function build(name: string, overrides: Partial<StartBuildCommandInput> = {}): Promise<Build> {
  const id = await start(name, overrides);
  return until(async () => {
    const now = await describeBuild(id);
    return now.buildComplete ? now : undefined;
  });
}

test('a build runs its phases in one shell and tells how they went', async () => {
  const spec = phases({
    install: { commands: ['cd ..', 'here=$PWD'] },
    build: { commands: ['echo "still in $here: $([ "$here" = "$PWD" ] && echo yes)"', 'exit 0', 'echo after'] },
    post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
  });
  await project('good', spec);
  const done = await build('good');
  expect(done).toMatchObject({
    buildStatus: 'SUCCEEDED',
    buildNumber: 1,
    currentPhase: 'COMPLETED',
    projectName: 'good',
  });
  expect(done.phases?.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus ?? ''}`)).toEqual([
    'SUBMITTED SUCCEEDED',
    'PROVISIONING SUCCEEDED',
    'DOWNLOAD_SOURCE SUCCEEDED',
    'INSTALL SUCCEEDED',
    'PRE_BUILD SUCCEEDED',
    'BUILD SUCCEEDED',
    'POST_BUILD SUCCEEDED',
    'UPLOAD_ARTIFACTS SUCCEEDED',
    'FINALIZING SUCCEEDED',
    'COMPLETED ',
  ]);
  const log = logOf(done);
  expect(log).toMatch(/still in .*: yes\n/);
  expect(log).toContain('\nafter\n');
  expect(log).toContain('\nsucceeding: 1\n');
  const folder = dirname(fileURLToPath(done.logs?.deepLink ?? ''));
  expect(folder).toBe(join(stage.workDir, 'builds', done.id?.split(':')[1] ?? ''));
  expect(await readdir(folder)).toEqual(['log']);
});

describe('a failed command', () => {
  test('of the build ends its phase, and post_build still runs', async () => {
    await project(
      'bad-build',
      phases({
        build: { commands: ['echo one; false', 'echo never'] },
        post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
      }),
    );
    const done = await build('bad-build');
    expect(done.buildStatus).toBe('FAILED');
    const failed = done.phases?.find(({ phaseType }) => phaseType === 'BUILD');
    const message = 'Error while executing command: echo one; false. Reason: exit status 1';
    expect(failed).toMatchObject({
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }],
    });
    expect(logOf(done)).not.toContain('\nnever\n');
    expect(logOf(done)).toContain('\nsucceeding: 0\n');
  });

  test('before the build is the end of it', async () => {
    const after = { build: { commands: ['echo never'] }, post_build: { commands: ['echo never'] } };
    await project('bad-install', phases({ install: { commands: ['exit 7'] }, ...after }));
    const done = await build('bad-install');
    expect(done.buildStatus).toBe('FAILED');
    expect(logOf(done)).not.toContain('\nnever\n');
    expect(done.phases?.find(({ phaseType }) => phaseType === 'INSTALL')?.contexts?.[0]?.message).toContain(
      'exit status 7',
    );
    expect(done.phases?.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
  });
});

describe('the environment', () => {
  const environment = (log: string) =>
    Object.fromEntries(
      log
        .split('\n')
        .filter((line) => /^[A-Za-z_]\w*=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  test('has what was given, by precedence and literally, from Parameter Store too', async () => {
    const ssm = new SSMClient(clientConfig(stage.awsUrl, ACCOUNT));
    await ssm.send(new PutParameterCommand({ Name: '/build/secret', Value: 'from-store', Type: 'SecureString' }));
    ssm.destroy();
    const env = { variables: { A: 'spec', B: 'spec', C: 'spec' }, 'parameter-store': { D: '/build/secret' } };
    const variables = [
      { name: 'B', value: 'project' },
      { name: 'C', value: 'project' },
      { name: 'E', value: '/build/secret', type: 'PARAMETER_STORE' as const },
    ];
    await project(
      'given',
      { env, ...phases({ build: { commands: ['env'] } }) },
      {
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'image',
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: variables,
        },
      },
    );
    const done = await build('given', { environmentVariablesOverride: [{ name: 'C', value: '$HOME' }] });
    expect(environment(logOf(done))).toMatchObject({
      A: 'spec',
      B: 'project',
      C: '$HOME',
      D: 'from-store',
      E: 'from-store',
    });
  });

  test('says who builds what, and leads to the sandbox with the rights of the service role', async () => {
    process.env.NOT_FOR_BUILDS = 'secret';
    await project('told', phases({ build: { commands: ['env', 'pwd'] } }));
    const done = await build('told');
    const told = environment(logOf(done));
    expect(told).toMatchObject({
      CODEBUILD_BUILD_ID: done.id,
      CODEBUILD_BUILD_ARN: done.arn,
      CODEBUILD_BUILD_NUMBER: '1',
      CODEBUILD_BUILD_SUCCEEDING: '1',
      AWS_ENDPOINT_URL: stage.awsUrl,
      AWS_ENDPOINT_URL_SAGEMAKER: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_CODECOMMIT: stage.url,
      AWS_ENDPOINT_URL_CODEPIPELINE: stage.url,
      AWS_REGION: 'us-east-1',
    });
    expect(told.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
    expect(told).not.toHaveProperty('NOT_FOR_BUILDS');
    expect(told.HOME).not.toBe(process.env.HOME);
    expect(told.CDK_HOME?.startsWith(told.HOME ?? '-')).toBe(true);
    expect(told.PATH?.startsWith(`${told.npm_config_prefix}/bin:`)).toBe(true);
    expect(told.npm_config_cache).toBe(join(stage.workDir, 'npm-cache'));
    delete process.env.NOT_FOR_BUILDS;
  });

  test('lets a build call the services as its account', async () => {
    const call = (service: string, target: string) =>
      `curl -s -X POST "$AWS_ENDPOINT_URL_${service}" -H "X-Amz-Target: ${target}" -H "Authorization: AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20270101/us-east-1/codecommit/aws4_request, SignedHeaders=host, Signature=0" -d '{"repositoryName": "by-build"}'`;
    const create = call('CODECOMMIT', 'CodeCommit_20150413.CreateRepository');
    await project('calls', phases({ build: { commands: [create] } }));
    expect(logOf(await build('calls'))).toContain(`arn:aws:codecommit:us-east-1:${ACCOUNT}:by-build`);
  });

  test('that names a parameter that is not there fails the build', async () => {
    await project('unnamed', {
      env: { 'parameter-store': { X: '/no/such' } },
      ...phases({ build: { commands: ['true'] } }),
    });
    const done = await build('unnamed');
    expect(done.phases?.at(-3)).toMatchObject({
      phaseType: 'DOWNLOAD_SOURCE',
      contexts: [{ statusCode: 'Decrypted Variables Error', message: 'parameter does not exist: /no/such' }],
    });
  });
});

test('exported variables have the values of the end', async () => {
  const env = { 'exported-variables': ['ONE', 'TWO', 'NONE'] };
  const commands = ['ONE=first', 'export TWO="two\nlines"', 'ONE=last'];
  await project('exporting', { env, ...phases({ build: { commands } }) });
  expect((await build('exporting')).exportedEnvironmentVariables).toEqual([
    { name: 'ONE', value: 'last' },
    { name: 'TWO', value: 'two\nlines' },
    { name: 'NONE', value: '' },
  ]);
});

describe('a build that is stopped', () => {
  test('ends with every process that it started', async () => {
    const mark = `sleep 4${Date.now() % 100_000}`;
    await project('stopped', phases({ build: { commands: [`(setsid ${mark} &) ; ${mark} & ${mark}`] } }));
    const id = await start('stopped');
    await until(async () => (processesWith(mark).length >= 3 ? true : undefined));
    expect((await describeBuild(id)).currentPhase).toBe('BUILD');
    await stage.codeBuild.send(new StopBuildCommand({ id }));
    const done = await until(async () => {
      const now = await describeBuild(id);
      return now.buildComplete ? now : undefined;
    });
    expect(done.buildStatus).toBe('STOPPED');
    expect(done.phases?.find(({ phaseType }) => phaseType === 'BUILD')?.phaseStatus).toBe('STOPPED');
    expect(processesWith(mark)).toEqual([]);
    const again = await stage.codeBuild.send(new StopBuildCommand({ id }));
    expect(again.build?.buildStatus).toBe('STOPPED');
  });

  test('by its own end leaves nothing behind either', async () => {
    const mark = `sleep 5${Date.now() % 100_000}`;
    await project('leaving', phases({ build: { commands: [`${mark} & echo started`] } }));
    expect((await build('leaving')).buildStatus).toBe('SUCCEEDED');
    expect(processesWith(mark)).toEqual([]);
  });
});

test('a privileged build fails at once, since there is no Docker', async () => {
  const environment = {
    type: 'LINUX_CONTAINER',
    image: 'image',
    computeType: 'BUILD_GENERAL1_SMALL',
    privilegedMode: true,
  } as const;
  await project('privileged', phases({ build: { commands: ['docker build .'] } }), { environment });
  const done = await build('privileged');
  expect(done.buildStatus).toBe('FAILED');
  expect(logOf(done)).toContain('the sandbox has no Docker');
  expect(done.phases?.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
});

test('a build specification that cannot be run fails the build by name of what is wrong', async () => {
  await project('reporting', { reports: { unit: { files: ['x.xml'] } }, phases: { build: { commands: [] } } });
  const done = await build('reporting');
  expect(done.buildStatus).toBe('FAILED');
  expect(logOf(done)).toMatch(/YAML_FILE_ERROR: .*\n.*reports/);
});

test('runtime versions are acknowledged, YAML is read, and the buildspec of the call counts', async () => {
  await project('overridden', phases({ build: { commands: ['false'] } }));
  const buildspecOverride = [
    'version: 0.2',
    'phases:',
    '  install:',
    '    runtime-versions:',
    '      nodejs: 22',
    '  build:',
    '    commands:',
    '      - |',
    '        for word in a b; do',
    '          echo "word $word"',
    '        done',
  ].join('\n');
  const done = await build('overridden', { buildspecOverride });
  expect(done.buildStatus).toBe('SUCCEEDED');
  expect(logOf(done)).toContain('Runtime nodejs version 22 is asked for');
  expect(logOf(done)).toContain('word a\nword b\n');
});

test('state changes are events, and builds of a project are listed latest first', async () => {
  await project('listed', phases({ build: { commands: ['true'] } }), { concurrentBuildLimit: 1 });
  const first = await build('listed');
  const second = await build('listed');
  const { ids } = await stage.codeBuild.send(new ListBuildsForProjectCommand({ projectName: 'listed' }));
  expect(ids).toEqual([second.id, first.id]);
  const events = (await stage.events.of('CodeBuild Build State Change')).filter(
    ({ detail }) => detail['build-id'] === first.arn,
  );
  expect(events.map(({ detail }) => detail['build-status'])).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
});

test('one more build than a project may have at once is refused', async () => {
  await project('limited', phases({ build: { commands: ['sleep 30'] } }), { concurrentBuildLimit: 1 });
  const id = await start('limited');
  await expect(start('limited')).rejects.toMatchObject({ name: 'AccountLimitExceededException' });
  await stage.codeBuild.send(new StopBuildCommand({ id }));
});

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
    expect(logOf(await build(name))).toContain('\nsecond\n');
    await stage.stacks.delete('project');
    expect(await described()).toBeUndefined();
  });

  test('have unique names; an update leaves alone what it does not name', async () => {
    await project('unique', phases({ build: { commands: ['true'] } }), { description: 'kept' });
    await expect(project('unique', phases({ build: { commands: ['true'] } }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    const { project: updated } = await stage.codeBuild.send(
      new UpdateProjectCommand({ name: 'unique', timeoutInMinutes: 7 }),
    );
    expect(updated).toMatchObject({ description: 'kept', timeoutInMinutes: 7 });
    await stage.codeBuild.send(new DeleteProjectCommand({ name: 'unique' }));
    await expect(start('unique')).rejects.toMatchObject({
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
    await expect(project('lacking', { phases: {} }, overrides)).rejects.toThrow(what);
  });

  test('that a pipeline builds are not built without it', async () => {
    await project('piped', {}, { source: { type: 'CODEPIPELINE' }, artifacts: { type: 'CODEPIPELINE' } });
    await expect(start('piped')).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});
