import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { awsOf } from '../../sandbox/demo/aws';
import { enrolModel, unenrolModel } from '../../sandbox/demo/enrolment';
import { executionNames, untilIdle } from '../../sandbox/demo/executions';
import type { Figure } from '../report/results';

const WARM_UP = 20;
/** Between two deliveries: the API's stage accepts 50 in a second. */
const PAUSE_MS = 25;

/** Sends signed deliveries one after the other: for a model that is not enrolled, and for one where each starts a sync. */
export async function measureWebhook(
  env: SandboxEnv,
  deliveries: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const aws = awsOf(env);
  const model = `bench-${randomUUID().slice(0, 8)}`;
  const stack = `enrolment-${model}`;
  const before = await executionNames(aws, env);
  await enrolModel(aws, stack, model);
  await untilIdle(aws, env, before);
  const figures: Figure[] = [];
  for (const [what, name, status] of [
    ['webhook for a model that is not enrolled', `${model}-unknown`, 200],
    ['webhook that starts an execution on the same machine', model, 202],
  ] as const) {
    say(`sandbox: ${deliveries} deliveries, ${what}`);
    const milliseconds: number[] = [];
    for (let delivery = 0; delivery < WARM_UP + deliveries; delivery++) {
      milliseconds.push(await deliver(env, name, status));
      await sleep(PAUSE_MS);
    }
    const sorted = milliseconds.slice(WARM_UP).sort((first, second) => first - second);
    const percentile = (percent: number) => (sorted[Math.ceil((percent / 100) * deliveries) - 1] ?? 0).toFixed(0);
    figures.push({ what, value: `p50 ${percentile(50)} ms, p99 ${percentile(99)} ms` });
    await untilIdle(aws, env, before);
  }
  await unenrolModel(aws, stack);
  return figures;
}

/** @returns milliseconds until the answer. @throws Error for another status */
async function deliver(env: SandboxEnv, modelName: string, wanted: number): Promise<number> {
  const body = JSON.stringify({
    event: 'MODEL_VERSION_TRANSITIONED_STAGE',
    webhook_id: randomUUID(),
    event_timestamp: Date.now(),
    model_name: modelName,
    version: '1',
  });
  const signature = createHmac('sha256', env.WEBHOOK_SECRET).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-databricks-signature': signature };
  const start = performance.now();
  const answer = await fetch(env.WEBHOOK_URL, { method: 'POST', headers, body });
  const text = await answer.text();
  if (answer.status !== wanted) {
    throw new Error(`a delivery was answered with ${answer.status} instead of ${wanted}: ${text.slice(0, 500)}`);
  }
  return performance.now() - start;
}
