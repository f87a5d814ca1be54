import type { ManualEnvironments } from '../packages/approval';

/** The environments in which only what a person approved is deployed, as the setting `mlflow-mlops:approval` says. */
export function manualEnvironments(): ManualEnvironments {
  return new Set((process.env.MANUAL_APPROVAL ?? '').split(' ').filter((name) => name !== ''));
}
