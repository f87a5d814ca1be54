import {
  type ActionExecutionDetail,
  type PipelineExecutionSummary,
  paginateListActionExecutions,
  paginateListPipelineExecutions,
  paginateListPipelines,
} from '@aws-sdk/client-codepipeline';
import type { SandboxEnv } from '../cli/context';
import { type Aws, awsOf } from '../demo/aws';
import { failureOf } from './failure';
import { namesOf, provisionedModelNames } from './provisioned';

/** An action of a run. */
export interface PipelineAction {
  readonly stage: string;
  readonly action: string;
  readonly status: string;
  readonly started: Date;
  readonly updated: Date;
}

/** A run of a pipeline. */
export interface PipelineRun {
  readonly id: string;
  readonly status: string;
  /** What started it, as `CloudWatchEvent arn:aws:events:...`. */
  readonly trigger: string;
  readonly started: Date;
  readonly updated: Date;
  /** The stage in which it is, or in which it failed; known of the latest runs. */
  readonly stage?: string;
}

/** A pipeline with its runs, the newest first. */
export interface PipelineRuns {
  readonly pipelineName: string;
  /** The model that it deploys; not of every pipeline. */
  readonly modelName?: string;
  readonly runs: readonly PipelineRun[];
}

/** What is known of one pipeline. */
export interface PipelineReport extends PipelineRuns {
  /** The actions of each run, by its id, in the order in which they began. */
  readonly actions: ReadonlyMap<string, readonly PipelineAction[]>;
  /** Why the newest run failed, if it did: what its build wrote last, or CloudFormation's reason. */
  readonly failure?: string;
}

/** How many runs of a pipeline are looked into. */
const LOOKED_INTO = 5;

/** The status of the action that says in which stage a run of a status is. */
const OF_INTEREST: Readonly<Record<string, string>> = {
  InProgress: 'InProgress',
  Stopping: 'InProgress',
  Failed: 'Failed',
};

/** All pipelines of the account. */
export async function listPipelines(env: SandboxEnv): Promise<PipelineRuns[]> {
  const aws = awsOf(env);
  const models = new Map((await provisionedModelNames(aws)).map((name) => [namesOf(name).pipelineName, name]));
  const listed: PipelineRuns[] = [];
  for await (const { pipelines = [] } of paginateListPipelines({ client: aws.codePipeline }, {})) {
    for (const { name = '' } of pipelines) {
      const modelName = models.get(name);
      const { runs } = await withActions(aws, name, await pipelineRuns(env, name));
      listed.push({ pipelineName: name, runs, ...(modelName === undefined ? {} : { modelName }) });
    }
  }
  return listed;
}

/** The runs of a pipeline, the newest first. @throws Error when there is no such pipeline */
export async function pipelineRuns(env: SandboxEnv, pipelineName: string): Promise<PipelineRun[]> {
  const runs: PipelineRun[] = [];
  const { codePipeline: client } = awsOf(env);
  for await (const { pipelineExecutionSummaries = [] } of paginateListPipelineExecutions(
    { client },
    { pipelineName },
  )) {
    runs.push(...pipelineExecutionSummaries.map(runOf));
  }
  return runs;
}

/**
 * What happened in a model's pipeline.
 *
 * @param name the model's, or a pipeline's own
 * @throws Error that names the pipelines that there are
 */
export async function pipelineReport(env: SandboxEnv, name: string): Promise<PipelineReport> {
  const aws = awsOf(env);
  const pipelineName = await pipelineOf(aws, name);
  const { runs, details } = await withActions(aws, pipelineName, await pipelineRuns(env, pipelineName));
  const failed = details.get(runs[0]?.id ?? '')?.find(({ status }) => status === 'Failed');
  return {
    pipelineName,
    ...(pipelineName === name ? {} : { modelName: name }),
    runs,
    actions: new Map([...details].map(([id, actions]) => [id, actions.map(actionOf)])),
    ...(failed ? { failure: await failureOf(aws, failed) } : {}),
  };
}

/** The latest runs with the stages that they are in, and their actions. */
async function withActions(aws: Aws, pipelineName: string, all: readonly PipelineRun[]) {
  const details = new Map<string, readonly ActionExecutionDetail[]>();
  for (const { id } of all.slice(0, LOOKED_INTO)) details.set(id, await actionsOf(aws, pipelineName, id));
  const runs = all.map((run) => {
    const actions = details.get(run.id) ?? [];
    const { stageName: stage } = actions.findLast(({ status }) => status === OF_INTEREST[run.status]) ?? {};
    return stage === undefined ? run : { ...run, stage };
  });
  return { runs, details };
}

/** The actions of a run, in the order in which they began. */
async function actionsOf(aws: Aws, pipelineName: string, id: string): Promise<ActionExecutionDetail[]> {
  const actions: ActionExecutionDetail[] = [];
  const input = { pipelineName, filter: { pipelineExecutionId: id } };
  for await (const page of paginateListActionExecutions({ client: aws.codePipeline }, input)) {
    actions.push(...(page.actionExecutionDetails ?? []));
  }
  return actions.sort((one, other) => Number(one.startTime) - Number(other.startTime));
}

async function pipelineOf(aws: Aws, name: string): Promise<string> {
  const names: string[] = [];
  for await (const { pipelines = [] } of paginateListPipelines({ client: aws.codePipeline }, {})) {
    names.push(...pipelines.map((pipeline) => pipeline.name ?? ''));
  }
  const found = names.find((each) => each === name) ?? names.find((each) => each === namesOf(name).pipelineName);
  if (found === undefined) {
    const models = await provisionedModelNames(aws);
    const there = models.length > 0 ? `Models that have one: ${models.join(', ')}.` : 'No model has one.';
    throw new Error(`There is no pipeline of ${name}. ${there}`);
  }
  return found;
}

function runOf(run: PipelineExecutionSummary): PipelineRun {
  const { triggerType = '', triggerDetail = '' } = run.trigger ?? {};
  const started = run.startTime ?? new Date(0);
  return {
    id: run.pipelineExecutionId ?? '',
    status: run.status ?? '',
    trigger: `${triggerType} ${triggerDetail}`.trim(),
    started,
    updated: run.lastUpdateTime ?? started,
  };
}

function actionOf(detail: ActionExecutionDetail): PipelineAction {
  const started = detail.startTime ?? new Date(0);
  return {
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    status: detail.status ?? '',
    started,
    updated: detail.lastUpdateTime ?? started,
  };
}
