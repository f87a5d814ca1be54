import { CloudWatchClient, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { transitionStage } from '../../../sandbox/demo/registry';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { alarmsSince, deployedAlarms } from '../../support/alarms';
import { deliver, post, transition } from '../../support/deliveries';
import { type ReadMetrics, readMetrics } from '../../support/emf';
import { logLines } from '../../support/function-logs';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

/** What a deployed function measured since then. */
async function measured(of: string, since: number): Promise<ReadMetrics[]> {
  const lines = await logLines(stage.env, of, since);
  return lines.flatMap((line) => readMetrics(line) ?? []);
}

function sum(lines: readonly ReadMetrics[], name: string): number {
  return lines.reduce((total, { values }) => total + (values[name] ?? 0), 0);
}

test('a promotion is measured from its delivery to its package', async () => {
  const name = stage.name('measured');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  const since = Date.now();
  await transitionStage(stage.env, name, version, 'Production');
  await stage.untilPackages(group, ({ length }) => length === 1);
  expect(sum(await measured('WebhookReceiver', since), 'WebhooksAccepted')).toBeGreaterThan(0);

  const synced = (await measured('FunctionsRelease', since)).filter(({ about }) => about.model === name);
  expect(synced).toEqual([
    expect.objectContaining({
      namespace: 'MLflow-MLOps',
      dimensions: { service: 'mlflow-mlops' },
      values: { PackagesCreated: 1, SyncDuration: expect.any(Number) },
    }),
  ]);
  const [{ values: { SyncDuration: duration = 0 } = {} } = {}] = synced;
  expect(duration).toBeGreaterThan(0);
  expect(duration).toBeLessThan(Date.now() - since);
  const alarms = await alarmsSince(stage, since);
  expect(alarms.filter((alarm) => !alarm.startsWith('dead-letters'))).toEqual([]);
}, 120_000);

test('deliveries are counted by their answers', async () => {
  const since = Date.now();
  await deliver(stage, stage.name('nobody'));
  const body = transition(stage.name('forged'));
  await post(stage, body, {});
  const lines = await measured('WebhookReceiver', since);
  expect(sum(lines, 'WebhooksIgnored')).toBeGreaterThan(0);
  expect(sum(lines, 'WebhooksRejected')).toBeGreaterThan(0);
});

test('forged deliveries set off an alarm when they are many', async () => {
  const since = Date.now();
  const body = transition(stage.name('forged'));
  for (let delivery = 1; delivery < 10; delivery++) {
    await post(stage, body, {});
  }
  expect(await alarmsSince(stage, since)).not.toContain('webhooks-rejected');
  await post(stage, body, {});
  expect(await alarmsSince(stage, since)).toContain('webhooks-rejected');
});

test('a sync of all measures how many models it found', async () => {
  await stage.enrol(stage.name('counted'));
  const since = Date.now();
  const { output } = await stage.sync({});
  const found = (await measured('FunctionsList', since)).at(-1);
  expect(found?.values).toEqual({ ModelsEnrolled: output.enrolled, ModelsChanged: output.changed });
}, 120_000);

test('alarms and dashboard are deployed', async () => {
  const alarms = await deployedAlarms(stage);
  expect(alarms.length).toBeGreaterThan(7);
  for (const { AlarmName, AlarmActions = [], AlarmDescription } of alarms) {
    expect([AlarmName, AlarmActions]).toEqual([AlarmName, [expect.stringMatching(/^arn:aws:sns:/)]]);
    expect(AlarmDescription).toMatch(/docs\/runbook\.md#/);
  }
  const client = new CloudWatchClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  const { DashboardBody = '{}' } = await client.send(new GetDashboardCommand({ DashboardName: 'MLflow-MLOps' }));
  const { widgets = [] } = JSON.parse(DashboardBody) as { widgets?: object[] };
  expect(widgets.length).toBeGreaterThan(10);
});
