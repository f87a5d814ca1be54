import { BatchGetBuildsCommand, type Build, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type ExecutionListItem, paginateListExecutions } from '@aws-sdk/client-sfn';
import { ENVIRONMENT_FILES } from '../../lambda/shared/artifact-folders';
import { ENVIRONMENT_IMAGES } from '../../lib/names';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { type Aws, awsOf } from '../../sandbox/demo/aws';
import { enrolModel, unenrolModel } from '../../sandbox/demo/enrolment';
import { executionNames, untilIdle } from '../../sandbox/demo/executions';
import { listPackages } from '../../sandbox/demo/packages';
import { setTag, transitionStage } from '../../sandbox/demo/registry';
import { trainModel } from '../../sandbox/demo/trained-model';
import { until } from '../../sandbox/demo/until';
import { seconds } from '../../sandbox/demo/words';
import type { Figure } from '../report/results';

const PACKAGE_MS = 300_000;

/** From the promotion of a scikit-learn version to its package, with the parts of that time, by the services' own clocks. */
export async function measurePackages(env: SandboxEnv, say: (line: string) => void): Promise<Figure[]> {
  const aws = awsOf(env);
  const name = `bench-packages-${Date.now().toString(36)}`;
  const stack = `enrolment-${name}`;
  const before = await executionNames(aws, env);
  const group = await enrolModel(aws, stack, name);
  const figures: Figure[] = [];
  for (const [index, what] of ['a new environment', 'an existing environment', "AWS's image"].entries()) {
    const { version } = await trainModel(env, 'sklearn', name, index);
    if (index === 2) {
      await setTag(env, name, version, 'sagemaker_deploy_flavor', 'sklearn');
    }
    await untilIdle(aws, env, before);
    say(`sandbox: version ${version} moves to Staging, with ${what}`);
    const since = new Date();
    await transitionStage(env, name, version, 'Staging');
    const registered = await until(
      `the package of version ${version}`,
      async () => (await listPackages(aws, group)).find(({ metadata }) => metadata.mlflow_version === version),
      PACKAGE_MS,
    );
    await untilIdle(aws, env, before);
    const end = registered.described.CreationTime ?? since;
    const parts = await partsOf(aws, env, since, end, registered.metadata.mlflow_environment);
    figures.push({
      what: `from stage transition to model package, with ${what}`,
      value: `${between(since, end)} (${parts.join(', ')})`,
    });
  }
  await unenrolModel(aws, stack);
  return figures;
}

/** The parts in their order: the webhook, each sync until the package is there, and the build between them. */
async function partsOf(
  aws: Aws,
  env: SandboxEnv,
  since: Date,
  end: Date,
  environment: string | undefined,
): Promise<string[]> {
  const syncs = (await executionsSince(aws, env, since)).filter(({ startDate }) => (startDate ?? end) < end);
  const [first, last] = [syncs.at(0), syncs.at(-1)];
  const webhook = `webhook ${between(since, first?.startDate)}`;
  const build = await buildSince(aws, since);
  if (build === undefined || first === last) {
    return [webhook, `sync ${between(first?.startDate, end)}`];
  }
  return [
    webhook,
    `first sync ${between(first?.startDate, first?.stopDate)}`,
    `build ${between(build.startTime, build.endTime)}: ${await partsOfBuild(aws, env, environment)}`,
    `event of its end ${between(build.endTime, last?.startDate)}`,
    `second sync ${between(last?.startDate, end)}`,
  ];
}

/** The oldest first. */
async function executionsSince(aws: Aws, env: SandboxEnv, since: Date): Promise<ExecutionListItem[]> {
  const found: ExecutionListItem[] = [];
  const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
  for await (const { executions = [] } of pages) {
    found.push(...executions.filter(({ startDate }) => startDate !== undefined && startDate >= since));
  }
  return found.sort((a, b) => Number(a.startDate) - Number(b.startDate));
}

async function buildSince(aws: Aws, since: Date): Promise<Build | undefined> {
  const { ids = [] } = await aws.codeBuild.send(new ListBuildsForProjectCommand({ projectName: ENVIRONMENT_IMAGES }));
  if (ids.length === 0) {
    return undefined;
  }
  const { builds = [] } = await aws.codeBuild.send(new BatchGetBuildsCommand({ ids }));
  return builds.find(({ startTime }) => startTime !== undefined && startTime >= since);
}

/** What the builder says of its own parts. */
async function partsOfBuild(aws: Aws, env: SandboxEnv, environment = ''): Promise<string> {
  const Key = `${ENVIRONMENT_FILES}/${environment}/result.json`;
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: env.ARTIFACT_BUCKET, Key }));
  const result = JSON.parse((await Body?.transformToString()) ?? '{}') as { seconds?: Record<string, number> };
  return Object.entries(result.seconds ?? {})
    .map(([part, duration]) => `${part} ${duration.toFixed(1)} s`)
    .join(' + ');
}

function between(from: Date | undefined, to: Date | undefined): string {
  return seconds((to?.getTime() ?? Number.NaN) - (from?.getTime() ?? Number.NaN));
}
