import type { PipelineAction, PipelineReport, PipelineRun, PipelineRuns } from '../catalog/pipelines';

/** How many runs of each pipeline a list shows. */
const LISTED = 3;
/** Runs and actions of these statuses still go on. */
const UNDER_WAY = new Set(['InProgress', 'Stopping']);

/** What `pipelines` prints without a name. */
export function listText(pipelines: readonly PipelineRuns[], now: Date): string {
  if (pipelines.length === 0) {
    return 'There are no pipelines. `npm run sandbox -- provision MODEL_NAME` creates one.\n';
  }
  return pipelines.map((pipeline) => pipelineText(pipeline, now)).join('\n');
}

/** What `pipelines` prints with a name. */
export function reportText(report: PipelineReport, now: Date): string {
  const width = widthOf(report.runs);
  const runs = report.runs.map((run) => {
    const actions = report.actions.get(run.id) ?? [];
    return `${runLine(run, width, now)}\n${actions.map((action) => `${actionLine(action, now)}\n`).join('')}`;
  });
  const none = report.runs.length === 0 ? '  no runs yet\n' : '';
  const failure = report.failure === undefined ? '' : `\nThe newest run failed:\n${indented(report.failure)}\n`;
  return `${heading(report)}\n${none}${runs.join('')}${failure}`;
}

function pipelineText(pipeline: PipelineRuns, now: Date): string {
  const latest = pipeline.runs.slice(0, LISTED);
  const shown = latest.map((run) => `${runLine(run, widthOf(latest), now)}\n`);
  const more = pipeline.runs.length - shown.length;
  const rest = more > 0 ? `  and ${more} before\n` : '';
  return `${heading(pipeline)}\n${shown.length > 0 ? shown.join('') : '  no runs yet\n'}${rest}`;
}

function heading({ pipelineName, modelName }: PipelineRuns): string {
  return modelName === undefined ? pipelineName : `${pipelineName}  (model ${modelName})`;
}

function runLine(run: PipelineRun, width: number, now: Date): string {
  const { id, status, trigger, started, updated } = run;
  const took = duration(started, UNDER_WAY.has(status) ? now : updated);
  return `  ${id.slice(0, 8)}  ${whereOf(run).padEnd(width)}  ${moment(started)}  ${took}  ${trigger}`.trimEnd();
}

function whereOf({ status, stage }: PipelineRun): string {
  return stage === undefined ? status : `${status} in ${stage}`;
}

function widthOf(runs: readonly PipelineRun[]): number {
  return Math.max(0, ...runs.map((run) => whereOf(run).length));
}

function actionLine({ stage, action, status, started, updated }: PipelineAction, now: Date): string {
  const took = duration(started, UNDER_WAY.has(status) ? now : updated);
  return `    ${status.padEnd(10)}  ${took}  ${stage}/${action}`;
}

function moment(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

function duration(from: Date, to: Date): string {
  return `${Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000))} s`.padStart(6);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
