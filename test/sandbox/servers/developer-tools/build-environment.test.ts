import { homedir } from 'node:os';
import { join } from 'node:path';
import { Builds, environment as buildEnvironment, logOf, phases } from './builds';
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

  test('has what was given, by precedence and literally', async () => {
    const given = [
      { Name: 'B', Value: 'project' },
      { Name: 'C', Value: '$HOME' },
    ];
    const spec = { env: { variables: { A: 'spec', B: 'spec' } }, ...phases({ build: { commands: ['env'] } }) };
    await builds.project('given', spec, buildEnvironment({ EnvironmentVariables: given }));
    expect(environment(logOf(await builds.run('given')))).toMatchObject({ A: 'spec', B: 'project', C: '$HOME' });
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
    expect(told.UV_CACHE_DIR).toBe(process.env.UV_CACHE_DIR ?? join(homedir(), '.cache', 'uv'));
    expect(told.ENVIRONMENT_FOLDERS).toBe(join(stage.workDir, '..', 'images'));
    delete process.env.NOT_FOR_BUILDS;
  });

  test('lets a build call the services as its account', async () => {
    const call = (service: string, target: string) =>
      `curl -s -X POST "$AWS_ENDPOINT_URL_${service}" -H "X-Amz-Target: ${target}" -H "Authorization: AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20270101/us-east-1/codecommit/aws4_request, SignedHeaders=host, Signature=0" -d '{"repositoryName": "by-build"}'`;
    const create = call('CODECOMMIT', 'CodeCommit_20150413.CreateRepository');
    await builds.project('calls', phases({ build: { commands: [create] } }));
    expect(logOf(await builds.run('calls'))).toContain(`arn:aws:codecommit:us-east-1:${ACCOUNT}:by-build`);
  });
});
