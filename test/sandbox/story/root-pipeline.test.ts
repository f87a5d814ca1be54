import { join } from 'node:path';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { pipelineRuns } from '../../../sandbox/catalog/pipelines';
import type { SandboxContext } from '../../../sandbox/cli/context';
import { awsOf } from '../../../sandbox/demo/aws';
import { until } from '../../../sandbox/demo/until';
import { ARTIFACT_STORE_BUCKET } from '../../../sandbox/deploy/accounts';
import { cdk } from '../../../sandbox/deploy/cdk';
import { isInFull, tried } from '../../../trust/sizes';
import { pushProject } from '../../support/project-repository';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';

/* The pipeline that deploys this project, on an account where its stacks were deployed without it. */

const REPOSITORY = 'mlflow-mlops';
const APPLICATION = ['ModelRepack-ModelSyncStack', 'ServiceCatalogProduct-ScProductStack'];

let context: SandboxContext;

beforeAll(async () => {
  context = await useSandbox();
}, UP_TIMEOUT_MS);

/** The pipeline runs the unit tests before it deploys. Every day they have run just now: it finds those of `lib/pipeline` alone. */
function testedByThePipeline(file: string): boolean {
  const isTest = file.endsWith('.test.ts');
  return !isTest || file.startsWith('test/lib/pipeline/') || isInFull();
}

test('the pipeline adopts an installation that was deployed without it, and replaces nothing', async () => {
  const { openSource: env, paths } = context;
  const aws = awsOf(env);
  const resources = async () => {
    const described = await Promise.all(
      APPLICATION.map((StackName) => aws.cloudFormation.send(new DescribeStackResourcesCommand({ StackName }))),
    );
    return described
      .flatMap(({ StackResources = [] }) => StackResources)
      .map(({ StackName, LogicalResourceId, PhysicalResourceId }) =>
        [StackName, LogicalResourceId, PhysicalResourceId].join(' '),
      )
      .sort();
  };
  const before = await resources();
  await aws.codeCommit.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
  // The sandbox's installation offers the working tree's product, and reads artifacts in S3.
  const store = { bucket: ARTIFACT_STORE_BUCKET };
  const settings = { 'unreleased-product': true, 'artifact-store': store };
  pushProject(join(env.REPOSITORIES, `${REPOSITORY}.git`), settings, testedByThePipeline);
  await cdk(
    { paths, python: env.PYTHON },
    {
      log: 'root-pipeline',
      target: { endpoint: env.AWS_ENDPOINT_URL, account: env.AWS_ACCESS_KEY_ID },
      args: [
        ...[
          'deploy',
          'MlflowMlopsStack',
          '--require-approval',
          'never',
          '--no-notices',
          '--output',
          join(paths.home, 'cdk.root'),
        ],
        ...['-c', 'mlflow-mlops:unreleased-product=true', '-c', `mlflow-mlops:artifact-store=${JSON.stringify(store)}`],
        ...['--parameters', `RepositoryName=${REPOSITORY}`],
      ],
    },
  );
  const runs = await until(
    'the end of the pipeline MLflow-MLOps',
    async () => {
      const seen = await pipelineRuns(env, 'MLflow-MLOps');
      return seen.length > 0 && seen.every(({ status }) => status !== 'InProgress') && seen;
    },
    900_000,
  );
  expect(runs[0]?.status).toBe('Succeeded');
  expect(await resources()).toEqual(before);
  tried('adoption', before.length);
}, 1_200_000);
