import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ArtifactStore } from './artifact-store';
import type { RegistryHttp } from './http/registry-http';
import { API, unlessMissing } from './mlflow-rest';
import { OpenSourceFiles } from './open-source-files';
import type {
  ArtifactFile,
  FilePosition,
  ModelVersion,
  OpenedFile,
  S3Location,
  WebhookState,
  WebhookTarget,
} from './registry';
import { RestRegistry } from './rest-registry';

/** The events that can change what is deployed. Stage transitions, renames and deletions send none: the schedule finds them. */
const EVENTS = [
  { entity: 'REGISTERED_MODEL', action: 'CREATED' },
  { entity: 'MODEL_VERSION', action: 'CREATED' },
  { entity: 'MODEL_VERSION_TAG', action: 'SET' },
  { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
  { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' },
  { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
];

const WebhookPage = z.object({
  webhooks: z.array(z.object({ webhook_id: z.string(), url: z.string() })).nullish(),
  next_page_token: z.string().nullish(),
});

/** An MLflow server: versions over its REST API, files from where they are, one webhook for all models. */
export class OpenSourceRegistry extends RestRegistry {
  private readonly files: OpenSourceFiles;

  /** @param store where this installation may read files by itself */
  constructor(http: RegistryHttp, store?: ArtifactStore) {
    super(http);
    this.files = new OpenSourceFiles(http, (path, query) => this.listFolder(path, query), store);
  }

  override async artifactId(version: ModelVersion): Promise<string> {
    return JSON.stringify(await this.files.sourceOf(version));
  }

  override listFiles(version: ModelVersion): Promise<ArtifactFile[]> {
    return this.files.list(version);
  }

  override openFile(version: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile> {
    return this.files.open(version, path, position);
  }

  override locate(version: ModelVersion): Promise<S3Location | undefined> {
    return this.files.locate(version);
  }

  override async ensureWebhook(_modelName: string, target: WebhookTarget): Promise<WebhookState> {
    const [first, ...doubles] = await this.webhooksTo(target.url);
    const webhook = { name: webhookName(target.url), ...target, events: EVENTS, status: 'ACTIVE' };
    const updated = first && (await unlessMissing(this.http.send('PATCH', `${API}/webhooks/${first}`, webhook)));
    if (updated === undefined) {
      await this.http.send('POST', `${API}/webhooks`, webhook);
      // Another enrolment may have made one at the same time: all of them keep the first.
      const [, ...others] = await this.webhooksTo(target.url);
      await this.deleteWebhooks(others);
    }
    await this.deleteWebhooks(doubles);
    return 'active';
  }

  override async renewWebhooks(_modelNames: readonly string[], { url, secret }: WebhookTarget): Promise<void> {
    for (const id of await this.webhooksTo(url)) {
      await unlessMissing(this.http.send('PATCH', `${API}/webhooks/${id}`, { secret }));
    }
  }

  override async removeWebhook(_modelName: string, url: string, last: boolean): Promise<void> {
    if (last) {
      await this.deleteWebhooks(await this.webhooksTo(url));
    }
  }

  private async deleteWebhooks(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await unlessMissing(this.http.send('DELETE', `${API}/webhooks/${id}`));
    }
  }

  /** Ids of the webhooks that call `url`, in a fixed order, so that two enrolments at once keep the same one. */
  private async webhooksTo(url: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const { webhooks } of this.pages(`${API}/webhooks`, { max_results: '100' }, WebhookPage)) {
      ids.push(...(webhooks ?? []).filter((webhook) => webhook.url === url).map(({ webhook_id }) => webhook_id));
    }
    return ids.sort();
  }
}

/** Webhook names have 63 characters at most, of a small alphabet; the receiver's address tells installations apart. */
function webhookName(url: string): string {
  return `mlflow-mlops-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
}
