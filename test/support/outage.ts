import type { OutageRequest } from '../../sandbox/databricks/outage';
import type { Stage } from './stories';

/** Lets the workspace's registry go away: nothing listens, or all calls or some are answered with a status. */
export async function goAway(stage: Stage, outage: OutageRequest): Promise<void> {
  await tell(stage, 'outage', 'POST', outage);
}

/**
 * Lets a registry that still listens come back at once.
 *
 * @returns how many calls the outage met
 */
export async function comeBack(stage: Stage): Promise<number> {
  const { refused } = (await tell(stage, 'outage', 'DELETE')) as { refused: number };
  return refused;
}

/** Leaves out of the registry's answers all models but these, as for a user who may not read them. */
export async function show(stage: Stage, ...models: string[]): Promise<void> {
  await tell(stage, 'visible', 'PUT', { models });
}

/** Ends what {@link show} began. */
export async function showEverything(stage: Stage): Promise<void> {
  await tell(stage, 'visible', 'DELETE');
}

async function tell({ env }: Stage, what: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(`${env.MLFLOW_TRACKING_URI}/_sandbox/${what}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} of ${what} was answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
