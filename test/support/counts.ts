import type { SandboxEnv } from '../../sandbox/cli/context';
import { recordedCalls } from './permissions';

/** How often each call was made, by what it is called in a policy, or in MLflow's API. */
export type Counts = Readonly<Record<string, number>>;

/** What the functions of an account call while something happens: AWS's services, and MLflow through the Databricks workspace. */
export async function countCalls(env: SandboxEnv, happening: () => Promise<unknown>): Promise<Counts> {
  const before = await counts(env);
  await happening();
  const after = await counts(env);
  const made = Object.entries(after).map(([call, count]) => [call, count - (before[call] ?? 0)] as const);
  return Object.fromEntries(made.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function counts(env: SandboxEnv): Promise<Counts> {
  const response = await fetch(new URL('/_sandbox/requests', env.MLFLOW_TRACKING_URI));
  const requests = (await response.json()) as Record<string, number>;
  const sums: Record<string, number> = {};
  for (const [call, count] of Object.entries(requests)) {
    sums[`mlflow: ${call}`] = count;
  }
  for (const { function: caller, action, count } of await recordedCalls(env)) {
    if (caller.split(':')[4] === env.AWS_ACCESS_KEY_ID) {
      sums[action] = (sums[action] ?? 0) + count;
    }
  }
  return sums;
}
