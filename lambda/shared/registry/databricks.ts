import * as z from 'zod';
import { atOnce } from '../at-once';
import { logger } from '../logging';
import { walkArtifacts } from './artifact-walk';
import { RegistryError } from './http/failure';
import { API, parse, unlessMissing } from './mlflow-rest';
import type { ArtifactFile, FilePosition, ModelVersion, OpenedFile, WebhookState, WebhookTarget } from './registry';
import { RestRegistry } from './rest-registry';

const WEBHOOKS = `${API}/registry-webhooks`;
const EVENTS = ['MODEL_VERSION_CREATED', 'MODEL_VERSION_TRANSITIONED_STAGE', 'MODEL_VERSION_TAG_SET'];
const DESCRIPTION = 'MLflow-MLOps: syncs this model with Amazon SageMaker';

/** MLflow's own client reads `headers` as a list of pairs; a map is taken as well. */
const SignedUri = z.object({
  signed_uri: z.string(),
  headers: z
    .union([z.array(z.object({ name: z.string(), value: z.string() })), z.record(z.string(), z.string())])
    .nullish(),
});
const WebhookPage = z.object({
  webhooks: z
    .array(
      z.object({
        id: z.coerce.string(),
        model_name: z.string().nullish(),
        http_url_spec: z.object({ url: z.string() }).nullish(),
      }),
    )
    .nullish(),
  next_page_token: z.string().nullish(),
});

/** Models whose webhooks are worked on at a time: below the rate at which a workspace refuses. */
const RENEWED_AT_ONCE = 4;

/** A Databricks workspace's registry: signed downloads, and one webhook for each model. */
export class DatabricksRegistry extends RestRegistry {
  /** The registry keeps a copy of the run's files for each version, taken when it was registered. */
  override async artifactId({ name, version, runId, source, creationTimestamp }: ModelVersion): Promise<string> {
    return JSON.stringify(source === '' ? [name, version, creationTimestamp] : [runId, source]);
  }

  override listFiles({ name, version }: ModelVersion): Promise<ArtifactFile[]> {
    return walkArtifacts((directory) =>
      this.listFolder(`${API}/model-versions/list-artifacts`, { name, version, path: directory || undefined }),
    );
  }

  override async openFile({ name, version }: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile> {
    const answer = await this.http.get(`${API}/model-versions/get-signed-download-uri`, {
      name,
      version,
      path,
    });
    const { signed_uri: uri, headers } = parse(SignedUri, answer, 'get-signed-download-uri');
    return this.http.streamSigned(
      uri,
      Array.isArray(headers)
        ? Object.fromEntries(headers.map((header) => [header.name, header.value]))
        : (headers ?? {}),
      position,
    );
  }

  override async ensureWebhook(modelName: string, target: WebhookTarget): Promise<WebhookState> {
    const [first, ...doubles] = await this.webhooksOf(modelName, target.url);
    const webhook = {
      events: EVENTS,
      description: DESCRIPTION,
      status: 'ACTIVE',
      http_url_spec: urlSpec(target),
    };
    if (first === undefined) {
      const created = await unlessMissing(
        this.http.send('POST', `${WEBHOOKS}/create`, { model_name: modelName, ...webhook }),
      );
      return created === undefined ? 'model-missing' : 'active';
    }
    await this.http.send('PATCH', `${WEBHOOKS}/update`, { id: first, ...webhook });
    await this.deleteWebhooks(doubles);
    return 'active';
  }

  /**
   * A workspace gives rights model by model: one whose webhooks may not be seen or changed must not keep the others on an old secret,
   * nor a rotation from its end.
   *
   * @throws the first refusal where every model has one: the credentials are wrong then
   */
  override async renewWebhooks(modelNames: readonly string[], target: WebhookTarget): Promise<void> {
    const refused = new Map<string, RegistryError>();
    await atOnce(RENEWED_AT_ONCE, modelNames, (modelName) =>
      this.renewWebhook(modelName, target).catch((error: unknown) => {
        if (!(error instanceof RegistryError && [401, 403].includes(error.status))) {
          throw error;
        }
        refused.set(modelName, error);
      }),
    );
    const [first] = refused.values();
    if (first !== undefined && refused.size === modelNames.length) {
      throw first;
    }
    for (const [model, { message }] of refused) {
      logger.warn('webhook keeps its old secret: it may not be seen or changed', { model, reason: message });
    }
  }

  override async removeWebhook(modelName: string, url: string, _last: boolean): Promise<void> {
    await this.deleteWebhooks(await this.webhooksOf(modelName, url));
  }

  private async renewWebhook(modelName: string, target: WebhookTarget): Promise<void> {
    for (const id of await this.webhooksOf(modelName, target.url)) {
      await unlessMissing(this.http.send('PATCH', `${WEBHOOKS}/update`, { id, http_url_spec: urlSpec(target) }));
    }
  }

  private async deleteWebhooks(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await unlessMissing(this.http.send('DELETE', `${WEBHOOKS}/delete?id=${encodeURIComponent(id)}`));
    }
  }

  /** Ids of the model's webhooks that call `url`, in a fixed order; a model that does not exist has none. */
  private async webhooksOf(modelName: string, url: string): Promise<string[]> {
    const list = async (): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { webhooks } of this.pages(`${WEBHOOKS}/list`, { model_name: modelName }, WebhookPage)) {
        const ours = (webhooks ?? []).filter(
          (hook) => hook.model_name === modelName && hook.http_url_spec?.url === url,
        );
        ids.push(...ours.map(({ id }) => id));
      }
      return ids.sort();
    };
    return (await unlessMissing(list())) ?? [];
  }
}

function urlSpec(target: WebhookTarget): object {
  return { ...target, enable_ssl_verification: true };
}
