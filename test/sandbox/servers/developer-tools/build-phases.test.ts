import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import { Builds, environment, logOf, phases } from './builds';
import { processesWith } from './processes';
import { until, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();
const builds = new Builds(stage);

test('a build runs its phases in one shell and tells how they went', async () => {
  const spec = phases({
    install: { commands: ['cd ..', 'here=$PWD'] },
    build: { commands: ['echo "still in $here: $([ "$here" = "$PWD" ] && echo yes)"', 'exit 0', 'echo after'] },
    post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
  });
  await builds.project('good', spec);
  const done = await builds.run('good');
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
    await builds.project(
      'bad-build',
      phases({
        build: { commands: ['echo one; false', 'echo never'] },
        post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
      }),
    );
    const done = await builds.run('bad-build');
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
    await builds.project('bad-install', phases({ install: { commands: ['exit 7'] }, ...after }));
    const done = await builds.run('bad-install');
    expect(done.buildStatus).toBe('FAILED');
    expect(logOf(done)).not.toContain('\nnever\n');
    expect(done.phases?.find(({ phaseType }) => phaseType === 'INSTALL')?.contexts?.[0]?.message).toContain(
      'exit status 7',
    );
    expect(done.phases?.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
  });
});

test('a privileged build fails at once, since there is no Docker', async () => {
  const spec = phases({ build: { commands: ['docker build .'] } });
  await builds.project('privileged', spec, environment({ PrivilegedMode: true }));
  const done = await builds.run('privileged');
  expect(done.buildStatus).toBe('FAILED');
  expect(logOf(done)).toContain('the sandbox has no Docker');
  expect(done.phases?.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
});

test('a build specification that cannot be run fails the build by name of what is wrong', async () => {
  await builds.project('reporting', { reports: { unit: { files: ['x.xml'] } }, phases: { build: { commands: [] } } });
  const done = await builds.run('reporting');
  expect(done.buildStatus).toBe('FAILED');
  expect(logOf(done)).toMatch(/YAML_FILE_ERROR: .*\n.*reports/);
});

test('runtime versions are acknowledged, and YAML is read', async () => {
  const BuildSpec = [
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
  await builds.project('yaml', {}, { Source: { Type: 'NO_SOURCE', BuildSpec } });
  const done = await builds.run('yaml');
  expect(done.buildStatus).toBe('SUCCEEDED');
  expect(logOf(done)).toContain('Runtime nodejs version 22 is asked for');
  expect(logOf(done)).toContain('word a\nword b\n');
});

describe('a build that is stopped', () => {
  test('ends with every process that it started', async () => {
    const mark = `sleep 4${Date.now() % 100_000}`;
    await builds.project('stopped', phases({ build: { commands: [`(setsid ${mark} &) ; ${mark} & ${mark}`] } }));
    const id = await builds.start('stopped');
    await until(async () => (processesWith(mark).length >= 3 ? true : undefined));
    expect((await builds.describe(id)).currentPhase).toBe('BUILD');
    await stage.codeBuild.send(new StopBuildCommand({ id }));
    const done = await builds.ended(id);
    expect(done.buildStatus).toBe('STOPPED');
    expect(done.phases?.find(({ phaseType }) => phaseType === 'BUILD')?.phaseStatus).toBe('STOPPED');
    expect(processesWith(mark)).toEqual([]);
    const again = await stage.codeBuild.send(new StopBuildCommand({ id }));
    expect(again.build?.buildStatus).toBe('STOPPED');
  });

  test('by its own end leaves nothing behind either', async () => {
    const mark = `sleep 5${Date.now() % 100_000}`;
    await builds.project('leaving', phases({ build: { commands: [`${mark} & echo started`] } }));
    expect((await builds.run('leaving')).buildStatus).toBe('SUCCEEDED');
    expect(processesWith(mark)).toEqual([]);
  });
});
