import { BatchGetBuildsCommand, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { zipOf } from './archive';
import { Builds, environment, logOf, type Properties } from './builds';
import { ACCOUNT, BUCKET, putObject, until, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();
const builds = new Builds(stage);

const inS3 = (Location: string, BuildSpec?: string): Properties => ({ Source: { Type: 'S3', Location, BuildSpec } });
const printing = (text: string) => JSON.stringify({ version: '0.2', phases: { build: { commands: [text] } } });

describe('a source in S3', () => {
  test('is unpacked into the folder in which the commands run', async () => {
    await putObject(stage, 'assets/source.zip', await zipOf({ 'folder/file.txt': 'from the archive' }));
    await builds.project('from-s3', {}, inS3(`${BUCKET}/assets/source.zip`, printing('cat folder/file.txt')));
    const done = await builds.run('from-s3');
    expect(done).toMatchObject({
      buildStatus: 'SUCCEEDED',
      source: { type: 'S3', location: `${BUCKET}/assets/source.zip` },
    });
    expect(logOf(done)).toContain('from the archive');
  });

  test('contains the build specification, unless the project has one', async () => {
    await putObject(stage, 'spec.zip', await zipOf({ 'buildspec.yml': printing('echo from the specification') }));
    await builds.project('spec-in-s3', {}, inS3(`${BUCKET}/spec.zip`));
    expect(logOf(await builds.run('spec-in-s3'))).toContain('\nfrom the specification\n');
  });

  test('that does not exist fails DOWNLOAD_SOURCE', async () => {
    await builds.project('without-object', {}, inS3(`${BUCKET}/none.zip`, printing('true')));
    const { buildStatus, phases = [] } = await builds.run('without-object');
    expect(buildStatus).toBe('FAILED');
    expect(phases.find(({ phaseStatus }) => phaseStatus === 'FAILED')).toMatchObject({
      phaseType: 'DOWNLOAD_SOURCE',
      contexts: [{ statusCode: 'CLIENT_ERROR', message: expect.stringContaining('The specified key does not exist') }],
    });
    expect(phases.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
  });

  test.each([
    ['bucket-only', 'location must be a valid S3 source'],
    ['bucket/folder/', 'a folder of S3'],
  ])('at %s is rejected', async (location, why) => {
    await expect(builds.project('invalid', {}, inS3(location, printing('true')))).rejects.toThrow(why);
  });
});

test('variables and the time-out of a start replace those of the project for this build only', async () => {
  const EnvironmentVariables = [
    { Name: 'KEPT', Value: 'project' },
    { Name: 'REPLACED', Value: 'project' },
  ];
  const spec = { phases: { build: { commands: ['echo "$KEPT-$REPLACED-$ADDED"'] } } };
  await builds.project('overridden', spec, environment({ EnvironmentVariables }));
  const start = new StartBuildCommand({
    projectName: 'overridden',
    environmentVariablesOverride: [
      { name: 'REPLACED', value: 'start' },
      { name: 'ADDED', value: 'new' },
    ],
    timeoutInMinutesOverride: 7,
  });
  const { build } = await stage.codeBuild.send(start);
  const done = await builds.ended(build?.id ?? '');
  expect(logOf(done)).toContain('\nproject-start-new\n');
  expect(done.timeoutInMinutes).toBe(7);
  expect(done.environment?.environmentVariables).toMatchObject([
    { name: 'KEPT', value: 'project' },
    { name: 'REPLACED', value: 'start' },
    { name: 'ADDED', value: 'new' },
  ]);
  expect(logOf(await builds.run('overridden'))).toContain('\nproject-project-\n');
});

test('rejects a start with a variable of a type that is not here', async () => {
  await builds.project('typed', { phases: { build: { commands: ['true'] } } });
  const environmentVariablesOverride = [{ name: 'A', value: '/parameter', type: 'PARAMETER_STORE' as const }];
  const start = new StartBuildCommand({ projectName: 'typed', environmentVariablesOverride });
  await expect(stage.codeBuild.send(start)).rejects.toThrow('PARAMETER_STORE');
});

test.each([
  ['true', 'SUCCEEDED'],
  ['false', 'FAILED'],
])('a build of `%s` announces its start and that it is %s', async (command, status) => {
  const name = `announced-${command}`;
  await builds.project(name, { phases: { build: { commands: [command] } } });
  const done = await builds.run(name);
  const seen = await until(async () => {
    const all = await stage.events.of('CodeBuild Build State Change');
    const own = all.filter(({ detail }) => detail['project-name'] === name);
    return own.length === 2 ? own : undefined;
  });
  expect(seen.map(({ detail }) => detail['build-status'])).toEqual(['IN_PROGRESS', status]);
  expect(seen[1]).toMatchObject({
    source: 'aws.codebuild',
    account: ACCOUNT,
    resources: [done.arn],
    detail: {
      'build-id': done.arn,
      'current-phase': 'COMPLETED',
      'additional-information': {
        'build-complete': true,
        'build-start-time': expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d{2}:\d{2} [AP]M$/),
        logs: { 'stream-name': done.logs?.streamName },
        phases: expect.arrayContaining([expect.objectContaining({ 'phase-type': 'BUILD', 'phase-status': status })]),
      },
    },
  });
});

test('builds that are not known are listed as such', async () => {
  await builds.project('known', { phases: { build: { commands: ['true'] } } });
  const { id = '' } = await builds.run('known');
  const answer = await stage.codeBuild.send(new BatchGetBuildsCommand({ ids: ['known:none', id] }));
  expect(answer).toMatchObject({ builds: [{ id }], buildsNotFound: ['known:none'] });
});
