import type { PipelineRun } from '../../../../sandbox/catalog/pipelines';
import { listText, reportText } from '../../../../sandbox/cli/pipelines-text';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds));
const NOW = at(50);
const run = (id: string, status: string, extra: Partial<PipelineRun> = {}): PipelineRun => ({
  id: `${id}-0000-0000`,
  status,
  trigger: 'CloudWatchEvent arn:rule',
  started: at(0),
  updated: at(12),
  ...extra,
});

test('a list shows the latest runs of each pipeline, and where they are', () => {
  const runs = [
    run('55555555', 'InProgress', { stage: 'Build' }),
    run('44444444', 'Failed', { stage: 'StagingStack' }),
    run('33333333', 'Succeeded'),
    run('22222222', 'Superseded'),
  ];
  const pipelines = [
    { pipelineName: 'sagemaker-mlflow-iris-pipeline', modelName: 'Iris', runs },
    { pipelineName: 'MLflow-MLOps', runs: [] },
  ];
  expect(listText(pipelines, NOW).split('\n')).toEqual([
    'sagemaker-mlflow-iris-pipeline  (model Iris)',
    '  55555555  InProgress in Build     2026-01-02 03:04:00    50 s  CloudWatchEvent arn:rule',
    '  44444444  Failed in StagingStack  2026-01-02 03:04:00    12 s  CloudWatchEvent arn:rule',
    '  33333333  Succeeded               2026-01-02 03:04:00    12 s  CloudWatchEvent arn:rule',
    '  and 1 before',
    '',
    'MLflow-MLOps',
    '  no runs yet',
    '',
  ]);
});

test('a list of none says how to make one', () => {
  expect(listText([], NOW)).toContain('npm run sandbox -- provision MODEL_NAME');
});

test('a report shows the actions of the runs, and why the newest failed', () => {
  const newest = run('11111111', 'Failed', { stage: 'Build' });
  const actions = [
    { stage: 'Source', action: 'Source', status: 'Succeeded', started: at(0), updated: at(1) },
    { stage: 'Build', action: 'Synth', status: 'Failed', started: at(1), updated: at(12) },
  ];
  const report = {
    pipelineName: 'p',
    runs: [newest, run('00000000', 'Succeeded')],
    actions: new Map([[newest.id, actions]]),
    failure: 'Build/Synth: Build terminated\nError: inference.yaml: InstanceCount',
  };
  expect(reportText(report, NOW).split('\n')).toEqual([
    'p',
    '  11111111  Failed in Build  2026-01-02 03:04:00    12 s  CloudWatchEvent arn:rule',
    '    Succeeded      1 s  Source/Source',
    '    Failed        11 s  Build/Synth',
    '  00000000  Succeeded        2026-01-02 03:04:00    12 s  CloudWatchEvent arn:rule',
    '',
    'The newest run failed:',
    '  Build/Synth: Build terminated',
    '  Error: inference.yaml: InstanceCount',
    '',
  ]);
});
