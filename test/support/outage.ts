import type { OutageRequest } from '../../sandbox/databricks/outage';
import type { Stage } from './stories';

/** Lets the workspace's registry go away: nothing listens, or everything is answered with a status. */
export async function goAway({ env }: Stage, outage: OutageRequest): Promise<void> {
  await tell(env.MLFLOW_TRACKING_URI, 'POST', JSON.stringify(outage));
}

/** Lets a registry that still listens come back at once. */
export async function comeBack({ env }: Stage): Promise<void> {
  await tell(env.MLFLOW_TRACKING_URI, 'DELETE');
}

async function tell(registry: string, method: string, body?: string): Promise<void> {
  const response = await fetch(`${registry}/_sandbox/outage`, { method, ...(body === undefined ? {} : { body }) });
  if (!response.ok) {
    throw new Error(`${method} of an outage was answered ${response.status}: ${await response.text()}`);
  }
}
