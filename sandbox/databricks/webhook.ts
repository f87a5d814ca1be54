import { z } from 'zod';
import { ApiError, invalidParameter } from './errors';

/** The events that are sent here, of docs.databricks.com/api, `RegistryWebhookEvent`. */
const EVENTS = ['MODEL_VERSION_CREATED', 'MODEL_VERSION_TRANSITIONED_STAGE', 'MODEL_VERSION_TAG_SET'] as const;
export type EventName = (typeof EVENTS)[number];
/** Those that only a workspace sends. */
const LACKING = [
  'TRANSITION_REQUEST_CREATED',
  'COMMENT_CREATED',
  'REGISTERED_MODEL_CREATED',
  'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
  'TRANSITION_REQUEST_TO_STAGING_CREATED',
  'TRANSITION_REQUEST_TO_PRODUCTION_CREATED',
  'TRANSITION_REQUEST_TO_ARCHIVED_CREATED',
] as const;
const event = z.enum([...EVENTS, ...LACKING]).transform((name): EventName => {
  const known = EVENTS.find((each) => each === name);
  if (!known) throw new ApiError(501, 'NOT_IMPLEMENTED', `There are no events ${name} here.`);
  return known;
});

/** ACTIVE is called on events, TEST_MODE by the test endpoint only, DISABLED not at all. */
const STATUSES = ['ACTIVE', 'DISABLED', 'TEST_MODE'] as const;

const HttpUrlSpec = z.object({
  url: z
    .string()
    .refine(isCallable, 'must be an HTTPS URL (this front takes plain HTTP too, to addresses of this machine)'),
  secret: z.string().optional(),
  authorization: z.string().optional(),
  enable_ssl_verification: z.boolean().optional(),
});
export type HttpUrlSpec = z.infer<typeof HttpUrlSpec>;

const settings = {
  events: z.array(event).min(1),
  description: z.string().optional(),
  status: z.enum(STATUSES).optional(),
  http_url_spec: HttpUrlSpec.optional(),
  job_spec: z.unknown().optional(),
};
export const CreateWebhook = z.object({ ...settings, model_name: z.string().min(1).optional() });
export const UpdateWebhook = z.object({ ...settings, events: settings.events.optional(), id: z.string().min(1) });
export const TestWebhook = z.object({ id: z.string().min(1), event: event.optional() });
export const DeleteWebhook = z.object({ id: z.string().min(1) });
export const ListWebhooks = z.object({
  model_name: z.string().min(1).optional(),
  events: z.array(event).optional(),
  max_results: z.coerce.number().int().min(1).max(1000).optional(),
  page_token: z.string().optional(),
});

/** A webhook as it is kept, its secrets included. */
export interface Webhook {
  readonly id: string;
  readonly model_name: string;
  readonly events: readonly EventName[];
  readonly description?: string | undefined;
  readonly status: (typeof STATUSES)[number];
  readonly http_url_spec: HttpUrlSpec;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
}

/** A webhook as it is answered: without its secret and its authorization. */
export function present({ http_url_spec: { url, enable_ssl_verification = true }, ...webhook }: Webhook): object {
  return { ...webhook, http_url_spec: { url, enable_ssl_verification } };
}

/**
 * A request's fields, checked.
 *
 * @throws ApiError 400 that names the first wrong field
 */
export function check<T>(schema: z.ZodType<T>, fields: unknown): T {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalidParameter(`Invalid value for parameter '${issue?.path.join('.')}': ${issue?.message}`);
}

function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname) || hostname.endsWith('.localhost');
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && isLocal));
}
