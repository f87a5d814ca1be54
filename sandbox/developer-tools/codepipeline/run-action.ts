import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../aws-json/errors';
import { randomText } from '../names';
import type { Action } from './definition';
import type { ActionRun, Execution, PlacedArtifact } from './execution';
import { ActionFailure, type Job, type JobResult, type JobRunner } from './job';
import type { Observer } from './observer';
import type { Pipeline } from './pipeline';
import { resolveAll } from './variables';

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
  const started = begun(execution, stage, action);
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

function begun(execution: Execution, stage: string, action: Action): ActionRun {
  const now = new Date();
  const run: ActionRun = {
    id: randomUUID(),
    stage,
    action,
    started: now,
    updated: now,
    inputs: (action.inputArtifacts ?? []).flatMap(({ name }) => execution.artifacts.get(name) ?? []),
    outputs: [],
    configuration: action.configuration ?? {},
    variables: {},
    status: 'InProgress',
  };
  execution.actions.push(run);
  return run;
}

/** @throws ActionFailure when a variable or an artifact is missing, which the definition alone does not tell */
function jobOf(pipeline: Pipeline, execution: Execution, run: ActionRun): Job {
  const { action } = run;
  const missing = (action.inputArtifacts ?? []).find(({ name }) => !execution.artifacts.has(name));
  if (missing)
    throw new ActionFailure('ConfigurationError', `The input artifact ${missing.name} was not made by its action.`);
  try {
    run.configuration = resolveAll(run.configuration, execution.namespaces);
  } catch (error) {
    throw new ActionFailure('ConfigurationError', reasonOf(error));
  }
  run.outputs = (action.outputArtifacts ?? []).map(({ name }) => placeFor(pipeline, execution, name));
  return {
    caller: pipeline.owner,
    pipelineName: pipeline.name,
    executionId: execution.id,
    stageName: run.stage,
    action,
    configuration: run.configuration,
    roleArn: action.roleArn ?? execution.definition.roleArn,
    inputs: run.inputs,
    outputs: run.outputs,
    sourceRevision: execution.sources[0]?.revisionId,
    wantedRevision: execution.request.revisions?.get(action.name),
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

function succeed(execution: Execution, run: ActionRun, { variables = {}, outputs, revision }: JobResult): void {
  run.status = 'Succeeded';
  run.variables = variables;
  run.outputs = run.outputs.filter(({ name }) => outputs?.includes(name) ?? true);
  for (const artifact of run.outputs) execution.artifacts.set(artifact.name, artifact);
  if (run.action.namespace !== undefined) execution.namespaces.set(run.action.namespace, variables);
  if (revision) {
    const source = { actionName: run.action.name, revisionId: revision.id, revisionSummary: revision.summary };
    execution.sources.push(source);
  }
}
