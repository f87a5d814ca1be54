import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { awsOf } from '../../sandbox/demo/aws';
import { enrolModel, unenrolModel } from '../../sandbox/demo/enrolment';
import { executionNames, untilIdle } from '../../sandbox/demo/executions';
import type { Figure } from '../report/results';
import { callMany, type Load } from './load';

const AT_ONCE = 10;
const WARM_UP = 20;
/** What API Gateway answers beyond the rate of the stage. */
const THROTTLED = 429;

/**
 * Sends signed deliveries as fast as the API's stage allows: for a model that is not enrolled, and for one where each delivery
 * starts a sync.
 */
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
    const call = () => deliver(env, name, status);
    await callMany(WARM_UP, AT_ONCE, call);
    figures.push({
      what: `${what}, ${AT_ONCE} concurrent requests`,
      value: loadText(await callMany(deliveries, AT_ONCE, call)),
    });
    await untilIdle(aws, env, before);
  }
  await unenrolModel(aws, stack);
  return figures;
}

function loadText({ perSecond, p50, p99 }: Load): string {
  return `${perSecond.toFixed(0)} requests/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
}

/** @returns false when the API's stage let it through no more: it lets 50 through in a second */
async function deliver(env: SandboxEnv, modelName: string, wanted: number): Promise<boolean> {
  const body = JSON.stringify({
    event: 'MODEL_VERSION_TRANSITIONED_STAGE',
    webhook_id: randomUUID(),
    event_timestamp: Date.now(),
    model_name: modelName,
    version: '1',
  });
  const signature = createHmac('sha256', env.WEBHOOK_SECRET).update(body).digest('hex');
  const answer = await fetch(env.WEBHOOK_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-databricks-signature': signature },
    body,
  });
  const said = await answer.text();
  if (answer.status !== wanted && answer.status !== THROTTLED) {
    throw new Error(`a delivery was answered with ${answer.status} instead of ${wanted}: ${said.slice(0, 500)}`);
  }
  return answer.status === wanted;
}
