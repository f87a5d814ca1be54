import { measure } from '../../../lambda/shared/metrics';
import { measuredBy, readMetrics } from '../../support/emf';

test('what is measured is one line that CloudWatch makes metrics of', async () => {
  const lines = await measuredBy(() =>
    measure({
      counts: { PackagesCreated: 2, PackagesBlocked: 1 },
      durations: { SyncDuration: 1234.5 },
      about: { model: 'churn', execution: 'arn:aws:states:x' },
    }),
  );
  expect(lines).toEqual([
    {
      namespace: 'MLflow-MLOps',
      // No model among them: each would be metrics of its own.
      dimensions: { service: 'mlflow-mlops' },
      values: { PackagesCreated: 2, PackagesBlocked: 1, SyncDuration: 1234.5 },
      units: { PackagesCreated: 'Count', PackagesBlocked: 'Count', SyncDuration: 'Milliseconds' },
      about: { model: 'churn', execution: 'arn:aws:states:x' },
    },
  ]);
});

test('what was measured before is not measured again', async () => {
  await measuredBy(() => measure({ counts: { WebhooksAccepted: 1 }, about: { model: 'churn' } }));
  const [line] = await measuredBy(() => measure({ counts: { WebhooksRejected: 1 } }));
  expect(line).toMatchObject({ values: { WebhooksRejected: 1 }, about: {} });
});

test('where nothing is counted, nothing is written, now or with what is counted next', async () => {
  expect(await measuredBy(() => measure({ counts: {}, about: { model: 'churn' } }))).toEqual([]);
  const [line] = await measuredBy(() => measure({ counts: { ModelsEnrolled: 1 } }));
  expect(line).toMatchObject({ values: { ModelsEnrolled: 1 }, about: {} });
});

describe('the reader that tests measure with', () => {
  const directive = { Namespace: 'N', Dimensions: [['d']], Metrics: [{ Name: 'm' }] };
  const line = (members: object, changed: object = {}) =>
    JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [{ ...directive, ...changed }] }, ...members });

  test('takes what CloudWatch takes', () => {
    expect(readMetrics(line({ d: 'x', m: 1 }))).toMatchObject({ dimensions: { d: 'x' }, values: { m: 1 } });
    expect(readMetrics('{"message":"step done"}')).toBeUndefined();
  });

  test.each([
    ['a metric without a value', line({ d: 'x' })],
    ['a dimension without a value', line({ m: 1 })],
    ['no namespace', line({ d: 'x', m: 1 }, { Namespace: '' })],
    ['a unit of its own', line({ d: 'x', m: 1 }, { Metrics: [{ Name: 'm', Unit: 'ms' }] })],
    ['something before it', `INFO ${line({ d: 'x', m: 1 })}`],
  ])('refuses %s', (_what, text) => {
    expect(() => readMetrics(text)).toThrow();
  });
});
