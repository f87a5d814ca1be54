import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RefusedError } from '../errors';
import { type ArtifactSource, parseArtifactSource } from './artifact-source';
import { walkArtifacts } from './artifact-walk';
import { API, parse, unlessMissing } from './mlflow-rest';
import type { ArtifactFile, FilePosition, ModelVersion, OpenedFile, WebhookState, WebhookTarget } from './registry';
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

const DownloadUri = z.object({ artifact_uri: z.string() });

type FileSource = Exclude<ArtifactSource, { kind: 'copy' }>;

/** An MLflow server: versions over its REST API, files through its artifact proxy, one webhook for all models. */
export class OpenSourceRegistry extends RestRegistry {
  /** Asked once for each version, not for each of its files. */
  private readonly copies = new Map<string, FileSource>();

  override async listFiles(version: ModelVersion): Promise<ArtifactFile[]> {
    const source = await this.sourceOf(version);
    switch (source.kind) {
      case 'logged-model':
        return walkArtifacts((directory) =>
          this.listFolder(`${API}/logged-models/${encodeURIComponent(source.modelId)}/artifacts/directories`, {
            artifact_directory_path: directory,
          }),
        );
      case 'run':
        // Paths of this listing begin at the run, those of the interface at the model's folder.
        return walkArtifacts(async (directory) => {
          const path = directory === '' ? source.path : `${source.path}/${directory}`;
          const entries = await this.listFolder(`${API}/artifacts/list`, { run_id: source.runId, path });
          return entries.map((entry) => ({ ...entry, path: below(source.path, entry.path) }));
        });
      case 'proxied':
        // This listing is relative to the folder that was asked for.
        return walkArtifacts(async (directory) => {
          const path = directory === '' ? source.path : `${source.path}/${directory}`;
          const entries = await this.listFolder('/api/2.0/mlflow-artifacts/artifacts', { path });
          return entries.map((entry) => ({
            ...entry,
            path: directory === '' ? entry.path : `${directory}/${entry.path}`,
          }));
        });
    }
  }

  override async openFile(version: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile> {
    const source = await this.sourceOf(version);
    switch (source.kind) {
      case 'logged-model':
        return this.http.stream(
          '/model-versions/get-artifact',
          { name: version.name, version: version.version, path },
          position,
        );
      case 'run':
        return this.http.stream('/get-artifact', { run_uuid: source.runId, path: `${source.path}/${path}` }, position);
      case 'proxied': {
        const whole = `${source.path}/${path}`.split('/').map(encodeURIComponent).join('/');
        return this.http.stream(`/api/2.0/mlflow-artifacts/artifacts/${whole}`, {}, position);
      }
    }
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

  override async removeWebhook(_modelName: string, url: string, last: boolean): Promise<void> {
    if (last) {
      await this.deleteWebhooks(await this.webhooksTo(url));
    }
  }

  /** Where a version's files are; for a copy, where those of the version are that it was made from. */
  private async sourceOf({ name, version, source, runId }: ModelVersion): Promise<FileSource> {
    const own = parseArtifactSource(source, runId);
    if (own.kind !== 'copy') {
      return own;
    }
    const key = JSON.stringify([name, version]);
    let resolved = this.copies.get(key);
    if (resolved === undefined) {
      const path = `${API}/model-versions/get-download-uri`;
      const { artifact_uri: uri } = parse(DownloadUri, await this.http.get(path, { name, version }), path);
      const original = parseArtifactSource(uri, runId);
      if (original.kind === 'copy') {
        throw new RefusedError(`the registry does not say where the files of version ${version} are: ${uri}`);
      }
      resolved = original;
      this.copies.set(key, resolved);
    }
    return resolved;
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

function below(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
