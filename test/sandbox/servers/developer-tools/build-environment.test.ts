import { join } from 'node:path';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientConfig } from '../../../../sandbox/deploy/clients';
import { Builds, logOf, phases } from './builds';
import { ACCOUNT, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();
const builds = new Builds(stage);

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
    await builds.project(
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
    const done = await builds.run('given', { environmentVariablesOverride: [{ name: 'C', value: '$HOME' }] });
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
    await builds.project('told', phases({ build: { commands: ['env', 'pwd'] } }));
    const done = await builds.run('told');
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
    // npm's own cache, where this process runs below npm.
    expect(told.npm_config_cache).toBe(process.env.npm_config_cache ?? join(stage.workDir, 'npm-cache'));
    delete process.env.NOT_FOR_BUILDS;
  });

  test('lets a build call the services as its account', async () => {
    const call = (service: string, target: string) =>
      `curl -s -X POST "$AWS_ENDPOINT_URL_${service}" -H "X-Amz-Target: ${target}" -H "Authorization: AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20270101/us-east-1/codecommit/aws4_request, SignedHeaders=host, Signature=0" -d '{"repositoryName": "by-build"}'`;
    const create = call('CODECOMMIT', 'CodeCommit_20150413.CreateRepository');
    await builds.project('calls', phases({ build: { commands: [create] } }));
    expect(logOf(await builds.run('calls'))).toContain(`arn:aws:codecommit:us-east-1:${ACCOUNT}:by-build`);
  });

  test('that names a parameter that is not there fails the build', async () => {
    await builds.project('unnamed', {
      env: { 'parameter-store': { X: '/no/such' } },
      ...phases({ build: { commands: ['true'] } }),
    });
    const done = await builds.run('unnamed');
    expect(done.phases?.at(-3)).toMatchObject({
      phaseType: 'DOWNLOAD_SOURCE',
      contexts: [{ statusCode: 'Decrypted Variables Error', message: 'parameter does not exist: /no/such' }],
    });
  });
});

test('exported variables have the values of the end', async () => {
  const env = { 'exported-variables': ['ONE', 'TWO', 'NONE'] };
  const commands = ['ONE=first', 'export TWO="two\nlines"', 'ONE=last'];
  await builds.project('exporting', { env, ...phases({ build: { commands } }) });
  expect((await builds.run('exporting')).exportedEnvironmentVariables).toEqual([
    { name: 'ONE', value: 'last' },
    { name: 'TWO', value: 'two\nlines' },
    { name: 'NONE', value: '' },
  ]);
});
