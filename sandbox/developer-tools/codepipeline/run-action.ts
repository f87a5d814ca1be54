import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../aws-json/errors';
import { randomText } from '../names';
import type { Action } from './definition';
import type { ActionRun, Execution, PlacedArtifact } from './execution';
import { ActionFailure, type Job, type JobResult, type JobRunner } from './job';
import type { Observer } from './observer';
import type { Pipeline } from './pipeline';

/** How many characters of a pipeline's and an artifact's name CodePipeline puts into an artifact's key. */
const NAME_IN_KEY = [20, 10] as const;

/** What runs actions, and is told of them. */
export interface ActionTools {
  readonly run: JobRunner;
  readonly observer: Observer;
}

/** Runs one action of an execution and notes how it went; never throws. An abandoned action is let alone where it is. */
export async function runAction(
  pipeline: Pipeline,
  execution: Execution,
  stage: string,
  action: Action,
  { run, observer }: ActionTools,
): Promise<ActionRun> {
  const started = begun(pipeline, execution, stage, action);
  const tell = () => observer.action(pipeline, execution, started);
  tell();
  try {
    const result = await run(jobOf(pipeline, execution, started));
    if (started.status === 'InProgress') succeed(execution, started, result);
  } catch (error) {
    if (started.status === 'InProgress') {
      started.status = 'Failed';
      const code = error instanceof ActionFailure ? error.code : 'JobFailed';
      started.error = { code, message: reasonOf(error) };
      started.summary = reasonOf(error);
    }
  }
  // An abandoned one was told of when it was abandoned.
  if (started.status !== 'Abandoned') {
    started.updated = new Date();
    tell();
  }
  return started;
}

function begun(pipeline: Pipeline, execution: Execution, stage: string, action: Action): ActionRun {
  const now = new Date();
  const run: ActionRun = {
    id: randomUUID(),
    stage,
    action,
    started: now,
    updated: now,
    // A definition's check has seen to it that earlier actions made them.
    inputs: (action.inputArtifacts ?? []).flatMap(({ name }) => execution.artifacts.get(name) ?? []),
    outputs: (action.outputArtifacts ?? []).map(({ name }) => placeFor(pipeline, execution, name)),
    status: 'InProgress',
  };
  execution.actions.push(run);
  return run;
}

function jobOf(pipeline: Pipeline, execution: Execution, run: ActionRun): Job {
  const { action } = run;
  return {
    caller: pipeline.owner,
    pipelineName: pipeline.name,
    executionId: execution.id,
    stageName: run.stage,
    action,
    configuration: action.configuration ?? {},
    roleArn: action.roleArn ?? execution.definition.roleArn,
    inputs: run.inputs,
    outputs: run.outputs,
    sourceRevision: execution.sources[0]?.revisionId,
    report: (progress) => Object.assign(run, progress),
    refuseAbandoned: () => {
      if (execution.isAbandoned) throw new ActionFailure('JobFailed', 'The action was abandoned.');
    },
  };
}

function placeFor(pipeline: Pipeline, { definition }: Execution, name: string): PlacedArtifact {
  const bucket = definition.artifactStore?.location ?? '';
  const folders = [pipeline.name.slice(0, NAME_IN_KEY[0]), name.slice(0, NAME_IN_KEY[1])];
  return { name, location: { bucket, key: [...folders, randomText(7)].join('/') } };
}

function succeed(execution: Execution, run: ActionRun, { revision }: JobResult): void {
  run.status = 'Succeeded';
  for (const artifact of run.outputs) execution.artifacts.set(artifact.name, artifact);
  if (revision) {
    const source = { actionName: run.action.name, revisionId: revision.id, revisionSummary: revision.summary };
    execution.sources.push(source);
  }
}
