import type { IncomingMessage } from 'node:http';
import { post } from './delivery';
import { ApiError, noSuchEndpoint } from './errors';
import { example, payload } from './events';
import { parseObject, readBody } from './http';
import { check, TestWebhook } from './webhook';
import type { Webhooks } from './webhooks';

/**
 * Answers a call below `/api/2.0/mlflow/registry-webhooks/`, whose fields are in its body or, for GET and DELETE, its query.
 *
 * @throws ApiError as Databricks refuses
 */
export async function answerWebhookCall(
  webhooks: Webhooks,
  request: IncomingMessage,
  call: string,
  query: URLSearchParams,
): Promise<object> {
  const fields = { ...parseObject(await readBody(request)) };
  switch (`${request.method} ${call.replace('registry-webhooks/', '')}`) {
    case 'POST create':
      return webhooks.create(fields);
    case 'GET list':
      return webhooks.list({ ...fields, ...queryFields(query) });
    case 'PATCH update':
      return webhooks.update(fields);
    case 'DELETE delete':
      return webhooks.delete({ ...fields, ...queryFields(query) });
    case 'POST test':
      return test(webhooks, fields);
    default:
      throw noSuchEndpoint(request.method ?? '', `/mlflow/${call}`);
  }
}

/** Calls a webhook with an example, whatever its status, and answers what its receiver answered. */
async function test(webhooks: Webhooks, fields: unknown): Promise<object> {
  const { id, event } = check(TestWebhook, fields);
  const webhook = webhooks.get(id);
  const [first = 'MODEL_VERSION_CREATED'] = webhook.events;
  const body = payload(example(event ?? first, webhook.model_name), webhook, Date.now());
  try {
    const received = await post(webhook.http_url_spec, body);
    return { status_code: received.status, body: received.body };
  } catch (error) {
    throw new ApiError(400, 'BAD_REQUEST', `The webhook's URL could not be called: ${(error as Error).message}`);
  }
}

/** `events` may be repeated, everything else is single. */
function queryFields(query: URLSearchParams): Record<string, unknown> {
  const events = query.getAll('events').flatMap((names) => names.split(','));
  return { ...Object.fromEntries(query), ...(events.length > 0 ? { events } : {}) };
}
