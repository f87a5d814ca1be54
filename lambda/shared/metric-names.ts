/** Names of this project's own metrics, which alarms, dashboards and other people's tools know. Changing one is a breaking change. */

/** The namespace in CloudWatch. */
export const METRICS_NAMESPACE = 'MLflow-MLOps';

/** The only dimension, and its only value: each further value of a dimension would be another metric to pay for. */
export const METRICS_DIMENSIONS = { service: 'mlflow-mlops' } as const;

/** What finished syncs of a model did to packages. A metric that nothing was counted for has no data and costs nothing. */
export const SYNC_COUNTS = [
  'PackagesCreated',
  'PackagesUpdated',
  'PackagesDeleted',
  'PackagesFailed',
  'PackagesBlocked',
  'PackagesWaiting',
] as const;

/** What deliveries at the webhook were answered, by status: 202, 200, 401, 400, 503. */
export const WEBHOOK_COUNTS = [
  'WebhooksAccepted',
  'WebhooksIgnored',
  'WebhooksRejected',
  'WebhooksMalformed',
  'WebhooksUnavailable',
] as const;

/** All that is counted. */
export type CountName =
  | (typeof SYNC_COUNTS)[number]
  | (typeof WEBHOOK_COUNTS)[number]
  /** Of a sync of all: models that are enrolled, and those of them that had to be synced. */
  | 'ModelsEnrolled'
  | 'ModelsChanged'
  /** Packages that a full sync created or updated, because no webhook came. Deletions do not count: time alone can cause them. */
  | 'ChangesFoundBySchedule'
  /** Sweeps of a model's archives. */
  | 'SweepsFailed';

/** Milliseconds from an execution's start to the end of its sync of a model. */
export const SYNC_DURATION = 'SyncDuration';
