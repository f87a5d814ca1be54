import type { EventName, Webhook } from './webhook';

/** What happened, as every webhook is told it (docs.databricks.com/aws/en/mlflow/model-registry-webhooks). */
export interface RegistryEvent {
  readonly event: EventName;
  readonly model_name: string;
  readonly version?: string;
  readonly to_stage?: string;
  readonly from_stage?: string;
  readonly tags?: readonly { key: string; value: string }[];
  /** For people: a Slack webhook shows it. */
  readonly text: string;
}

/** The body of one delivery. */
export function payload(event: RegistryEvent, webhook: Pick<Webhook, 'id'>, time: number): string {
  const { event: name, ...rest } = event;
  return JSON.stringify({ event: name, webhook_id: webhook.id, event_timestamp: time, ...rest });
}

export function versionCreated(model_name: string, version: string): RegistryEvent[] {
  const text = `Version ${version} of registered model '${model_name}' was created.`;
  return [{ event: 'MODEL_VERSION_CREATED', model_name, version, text }];
}

export function tagSet(model_name: string, version: string, key: string, value: string): RegistryEvent[] {
  const text = `Version tag '${key}' => '${value}' was set for registered model '${model_name}' version ${version}.`;
  return [{ event: 'MODEL_VERSION_TAG_SET', model_name, version, tags: [{ key, value }], text }];
}

/** A version's change of stage; none when the stage is the same as before. */
export function transitioned(
  model_name: string,
  version: string,
  from_stage: string,
  to_stage: string,
): RegistryEvent[] {
  if (from_stage === to_stage) return [];
  const text = `Registered model '${model_name}' version ${version} transitioned from ${from_stage} to ${to_stage}.`;
  return [{ event: 'MODEL_VERSION_TRANSITIONED_STAGE', model_name, version, to_stage, from_stage, text }];
}

/** An event for the test endpoint: of the webhook's model, of values that show what they are. */
export function example(event: EventName, model_name: string): RegistryEvent {
  const stages = event === 'MODEL_VERSION_TRANSITIONED_STAGE' ? { to_stage: 'Production', from_stage: 'None' } : {};
  return { event, model_name, version: '1', ...stages, text: 'A test of this webhook.' };
}
