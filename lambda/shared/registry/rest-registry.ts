import * as z from 'zod';
import { RefusedError } from '../errors';
import type { ListedEntry } from './artifact-walk';
import { TooLargeError } from './http/failure';
import type { RegistryHttp } from './http/registry-http';
import { listVersions } from './list-versions';
import { modelsPage, versionsPage } from './listing';
import { API, getVersion, parse } from './mlflow-rest';
import type {
  ArtifactFile,
  FilePosition,
  ListedModel,
  ModelRegistry,
  ModelVersion,
  OpenedFile,
  Page,
  S3Location,
  WebhookState,
  WebhookTarget,
} from './registry';

const Listing = z.object({
  files: z
    .array(
      z.object({
        path: z.string(),
        is_dir: z.boolean().nullish(),
        file_size: z.coerce.number().int().nonnegative().nullish(),
      }),
    )
    .nullish(),
  next_page_token: z.string().nullish(),
});

/** A page has hundreds of items: more pages than this are no listing. */
const PAGES_MAX = 2_000;

const Models = z.object({ registered_models: z.array(z.unknown()).nullish() });

/** What all registries that speak MLflow's REST API have in common; files and webhooks differ. */
export abstract class RestRegistry implements ModelRegistry {
  readonly id: string;

  constructor(protected readonly http: RegistryHttp) {
    this.id = http.base.replace(/^https?:\/\//, '');
  }

  async ping(): Promise<void> {
    await this.isEmpty();
  }

  async isEmpty(): Promise<boolean> {
    const path = `${API}/registered-models/search`;
    try {
      const { registered_models: models } = parse(Models, await this.http.get(path, { max_results: '1' }), path);
      return (models ?? []).length === 0;
    } catch (error) {
      // There is a model, with very many tags.
      if (error instanceof TooLargeError) {
        return false;
      }
      throw error;
    }
  }

  listVersions(name: string): Promise<ModelVersion[]> {
    return listVersions(this.http, name);
  }

  modelsPage(token: string | undefined): Promise<Page<ListedModel>> {
    return modelsPage(this.http, token);
  }

  versionsPage(token: string | undefined): Promise<Page<ModelVersion>> {
    return versionsPage(this.http, token);
  }

  getVersion(name: string, version: string): Promise<ModelVersion | undefined> {
    return getVersion(this.http, name, version);
  }

  /** Nowhere, unless a registry knows better. */
  async locate(_version: ModelVersion): Promise<S3Location | undefined> {
    return undefined;
  }

  abstract artifactId(version: ModelVersion): Promise<string>;
  abstract listFiles(version: ModelVersion): Promise<ArtifactFile[]>;
  abstract openFile(version: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile>;
  abstract ensureWebhook(modelName: string, target: WebhookTarget): Promise<WebhookState>;
  abstract renewWebhooks(modelNames: readonly string[], target: WebhookTarget): Promise<void>;
  abstract tryWebhook(modelNames: readonly string[], url: string): Promise<number | undefined>;
  abstract removeWebhook(modelName: string, url: string, last: boolean): Promise<void>;

  /** One folder's entries, page by page. */
  protected async *listFolder(path: string, query: Record<string, string | undefined>): AsyncGenerator<ListedEntry[]> {
    for await (const { files } of this.pages(path, query, Listing)) {
      yield (files ?? []).map(({ path: entry, is_dir, file_size }) => ({
        path: entry,
        isDirectory: is_dir ?? false,
        size: file_size ?? undefined,
      }));
    }
  }

  /**
   * The pages of a listing, each in the shape that MLflow documents.
   *
   * @throws RefusedError for a listing whose pages never end
   */
  protected async *pages<T extends { next_page_token?: string | null | undefined }>(
    path: string,
    query: Record<string, string | undefined>,
    shape: z.ZodType<T>,
  ): AsyncGenerator<T> {
    const asked = new Set<string | undefined>();
    for (let token: string | undefined; ; ) {
      asked.add(token);
      const page = parse(shape, await this.http.get(path, { ...query, page_token: token }), path);
      yield page;
      token = page.next_page_token || undefined;
      if (token === undefined) {
        return;
      }
      if (asked.has(token) || asked.size >= PAGES_MAX) {
        throw new RefusedError(`${path} has pages without end`);
      }
    }
  }
}
