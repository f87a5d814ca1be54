import { randomUUID } from 'node:crypto';
import { ApiError, doesNotExist, invalidParameter } from './errors';
import {
  CreateWebhook,
  check,
  DeleteWebhook,
  type EventName,
  type HttpUrlSpec,
  ListWebhooks,
  present,
  UpdateWebhook,
  type Webhook,
} from './webhook';

const PAGE = 100;

/** The registry webhooks of the workspace, held in memory: what `/registry-webhooks/` creates, lists and changes. */
export class Webhooks {
  private readonly all = new Map<string, Webhook>();

  /**
   * @param requireModel throws as MLflow does for a model that does not exist
   * @param now the clock
   */
  constructor(
    private readonly requireModel: (name: string) => Promise<void>,
    private readonly now: () => number = Date.now,
  ) {}

  /** The webhooks to call on an event of a model. */
  listening(event: EventName, model: string): Webhook[] {
    return [...this.all.values()].filter(
      ({ status, events, model_name }) => status === 'ACTIVE' && events.includes(event) && model_name === model,
    );
  }

  /** @throws ApiError RESOURCE_DOES_NOT_EXIST */
  get(id: string): Webhook {
    const webhook = this.all.get(id);
    if (webhook === undefined) throw doesNotExist(`Webhook with id '${id}' does not exist.`);
    return webhook;
  }

  async create(fields: unknown): Promise<object> {
    const { http_url_spec, job_spec, model_name, ...rest } = check(CreateWebhook, fields);
    const target = onlyHttp(http_url_spec, job_spec);
    if (target === undefined) throw invalidParameter('One of http_url_spec and job_spec must be specified.');
    if (model_name === undefined) {
      throw new ApiError(501, 'NOT_IMPLEMENTED', 'There are no webhooks of the whole registry here: give model_name.');
    }
    await this.requireModel(model_name);
    const time = this.now();
    return this.put({
      id: randomUUID().replaceAll('-', ''),
      ...rest,
      model_name,
      status: rest.status ?? 'ACTIVE',
      http_url_spec: target,
      creation_timestamp: time,
      last_updated_timestamp: time,
    });
  }

  /** Changes the given fields; a secret that is not given stays. */
  update(fields: unknown): object {
    const { id, http_url_spec, job_spec, ...given } = check(UpdateWebhook, fields);
    const before = this.get(id);
    const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const target = { ...before.http_url_spec, ...onlyHttp(http_url_spec, job_spec) };
    const after = { ...before, ...changes, http_url_spec: target, last_updated_timestamp: this.now() };
    return this.put(after);
  }

  delete(fields: unknown): object {
    const { id } = check(DeleteWebhook, fields);
    this.get(id);
    this.all.delete(id);
    return {};
  }

  /** A page of webhooks, oldest first; `{}` when there are none, as the API omits what is empty. */
  list(fields: unknown): object {
    const { model_name, events = [], max_results = PAGE, page_token } = check(ListWebhooks, fields);
    const start = page_token === undefined ? 0 : offsetOf(page_token);
    const matching = [...this.all.values()]
      .filter((webhook) => model_name === undefined || webhook.model_name === model_name)
      .filter((webhook) => events.length === 0 || events.some((event) => webhook.events.includes(event)));
    const end = start + max_results;
    return {
      ...(matching.length > start ? { webhooks: matching.slice(start, end).map(present) } : {}),
      ...(matching.length > end ? { next_page_token: tokenOf(end) } : {}),
    };
  }

  private put(webhook: Webhook): object {
    this.all.set(webhook.id, webhook);
    return { webhook: present(webhook) };
  }
}

/** Page tokens are opaque to clients. */
export function tokenOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}

/** @throws ApiError INVALID_PARAMETER_VALUE for a token that no list gave */
export function offsetOf(token: string): number {
  const [, offset] = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (offset === undefined) throw invalidParameter('Invalid page token.');
  return Number(offset);
}

function onlyHttp(http: HttpUrlSpec | undefined, job: unknown): HttpUrlSpec | undefined {
  if (http !== undefined && job !== undefined) {
    throw invalidParameter('Only one of http_url_spec and job_spec may be specified.');
  }
  if (job !== undefined) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'There are no jobs here: only webhooks with http_url_spec.');
  }
  return http;
}
