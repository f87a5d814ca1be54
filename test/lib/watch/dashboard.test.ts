import type { Template } from 'aws-cdk-lib/assertions';
import { METRICS_NAMESPACE, SYNC_COUNTS, WEBHOOK_COUNTS } from '../../../lambda/shared/metric-names';
import { synthesize } from '../../support/synth';

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
  };
}

let template: Template;
let widgets: Widget[];

beforeAll(() => {
  template = synthesize().modelSync;
  const [dashboard, ...others] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  expect(others).toEqual([]);
  expect(dashboard?.Properties.DashboardName).toBe('MLflow-MLOps');
  // References become their logical ids.
  const [, parts] = (dashboard?.Properties.DashboardBody['Fn::Join'] ?? []) as [string, unknown[]];
  const text = parts.map((part) =>
    typeof part === 'string'
      ? part
      : JSON.stringify(part)
          .match(/\w{3,}(?=")/g)
          ?.at(-1),
  );
  ({ widgets } = JSON.parse(text.join('').replaceAll('"Arn"', '""')) as { widgets: Widget[] });
}, 60_000);

test('answers three questions, in their order', () => {
  const headings = widgets.filter(({ type }) => type === 'text').map(({ properties }) => properties.markdown);
  expect(headings).toEqual(['## Is it healthy?', '## What did it do?', '## How long did it take?']);
});

test('shows every alarm', () => {
  const [shown] = widgets.filter(({ type }) => type === 'alarm');
  expect(shown?.properties.alarms?.length).toBe(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length);
});

test('shows all that this project measures, by the dimension that it is measured with', () => {
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const own = metrics.filter(([namespace]) => namespace === METRICS_NAMESPACE);
  expect(new Set(own.map(([, name]) => name))).toEqual(
    new Set([
      ...SYNC_COUNTS,
      ...WEBHOOK_COUNTS,
      'ModelsEnrolled',
      'ModelsChanged',
      'ChangesFoundBySchedule',
      'SyncDuration',
    ]),
  );
  for (const [, , dimension, value] of own) {
    expect([dimension, value]).toEqual(['service', 'mlflow-mlops']);
  }
});

test("shows errors of each of this project's functions", () => {
  const [errors] = widgets.filter(({ properties }) => properties.title === "Functions' errors an hour");
  const ours = template.findResources('AWS::Lambda::Function', {
    Properties: { Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'mlflow-mlops' } } },
  });
  expect(errors?.properties.metrics?.map(([, , , name]) => name).sort()).toEqual(Object.keys(ours).sort());
});

test('has no widget over another, and none beyond the grid', () => {
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
});
