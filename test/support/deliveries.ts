import { createHmac, randomUUID } from 'node:crypto';
import { transitionStage } from '../../sandbox/demo/registry';
import type { Stage } from './stories';

/** Sends a body to the receiver, and gives what it answered. */
export async function post(
  stage: Stage,
  body: string,
  headers: Record<string, string>,
  url = stage.env.WEBHOOK_URL,
): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** The header with which Databricks signs a body. */
export function signed(stage: Stage, body: string): Record<string, string> {
  return { 'X-Databricks-Signature': createHmac('sha256', stage.env.WEBHOOK_SECRET).update(body).digest('hex') };
}

/** A delivery that tells of a stage transition; no two are the same. */
export function transition(modelName: string, over: object = {}): string {
  return JSON.stringify({
    event: 'MODEL_VERSION_TRANSITIONED_STAGE',
    webhook_id: randomUUID(),
    event_timestamp: Date.now(),
    model_name: modelName,
    version: '1',
    ...over,
  });
}

/** Sends a delivery that the registry might have sent, and gives the answer's status; none is like another. */
export async function deliver(stage: Stage, modelName: string): Promise<number> {
  const body = transition(modelName);
  return (await post(stage, body, signed(stage, body))).status;
}

/** Promotes a version to and fro, each time with further deliveries at once, so that a sync is told of changes while it runs. */
export async function changeAllTheTime(
  stage: Stage,
  modelName: string,
  version: string,
  changes: number,
): Promise<void> {
  for (let change = 0; change < changes; change++) {
    const others = Array.from({ length: 5 }, () => deliver(stage, modelName));
    await transitionStage(stage.env, modelName, version, change % 2 === 0 ? 'Staging' : 'Production');
    await Promise.all(others);
  }
}
