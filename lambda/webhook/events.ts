import { en } from 'zod/locales';
// The small half of zod: a new instance of the receiver compiles all of its bundle before it answers.
import * as z from 'zod/mini';
import type { Sender } from './signatures';

z.config(en());

/** What a delivery asks for. Only the model's name counts: what changed is read from the registry itself. */
export type Delivery =
  | { readonly kind: 'sync'; readonly modelName: string }
  /** Signed and well-formed, but nothing here depends on it. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** A signed body that makes no sense; the message goes to the sender, who proved to know the secret. */
export class BadDeliveryError extends Error {
  override readonly name = 'BadDeliveryError';
}

const DATABRICKS_EVENTS = new Set([
  'MODEL_VERSION_CREATED',
  'MODEL_VERSION_TRANSITIONED_STAGE',
  'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
  'MODEL_VERSION_TAG_SET',
]);
/** Of a model's name; MLflow takes 256 characters. What is longer, or no Unicode, no other service would take from here. */
// Stryker disable next-line StringLiteral: without it, zod reports the wrong format in its own words
const ModelName = z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^\P{Cs}*$/u, 'not Unicode'));
const DatabricksBody = z.object({
  event: z.string(),
  model_name: z.nullish(ModelName),
  text: z.nullish(z.string()),
});

/** Entities of open-source MLflow whose changes can alter what is deployed; a model's creation lets a pending enrolment start. */
const MLFLOW_ENTITIES = new Set(['registered_model', 'model_version', 'model_version_tag', 'model_version_alias']);
const MlflowBody = z.object({
  entity: z.string(),
  action: z.string(),
  data: z.object({ name: z.nullish(ModelName) }),
});

/**
 * Reads a verified delivery.
 *
 * @throws BadDeliveryError that says what is wrong with the body
 */
export function readDelivery(sender: Sender, body: Buffer): Delivery {
  const json = parseJson(body);
  return sender === 'databricks' ? readDatabricks(json) : readMlflow(json);
}

function readDatabricks(json: unknown): Delivery {
  const { event, model_name: modelName, text } = check(DatabricksBody, json);
  if (isTest(text, modelName)) {
    return { kind: 'ignored', reason: 'test delivery' };
  }
  if (!DATABRICKS_EVENTS.has(event)) {
    return { kind: 'ignored', reason: `event ${event} changes nothing that is deployed` };
  }
  return { kind: 'sync', modelName: required(modelName, 'model_name') };
}

/**
 * Databricks documents that its test call delivers one of the webhook's events, not how it is marked. A real event's `text`
 * tells what happened to the model by its name; a text that speaks of a test and not of the model is a test. One that is not
 * recognised only makes a sync that finds nothing to do.
 */
function isTest(text: string | null | undefined, modelName: string | null | undefined): boolean {
  return !!text?.match(/\btest\b/i) && !(modelName && text.includes(modelName));
}

function readMlflow(json: unknown): Delivery {
  const { entity, action, data } = check(MlflowBody, json);
  if (!MLFLOW_ENTITIES.has(entity)) {
    return { kind: 'ignored', reason: `${entity}.${action} changes nothing that is deployed` };
  }
  return { kind: 'sync', modelName: required(data.name, 'data.name') };
}

function check<T>(shape: z.ZodMiniType<T>, json: unknown): T {
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const [first] = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    throw new BadDeliveryError(first);
  }
  return parsed.data;
}

function required(value: string | null | undefined, key: string): string {
  if (!value) {
    throw new BadDeliveryError(`${key}: missing`);
  }
  return value;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new BadDeliveryError('body: not JSON in UTF-8');
  }
}
