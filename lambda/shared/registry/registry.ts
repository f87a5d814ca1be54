/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  /** MLflow's number, as text. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly creationTimestamp: number;
  /** `None`, `Staging`, `Production` or `Archived`. */
  readonly stage: string;
  readonly aliases: readonly string[];
  /** Empty where the version has none. */
  readonly runId: string;
  /** Where the files are, in MLflow's words: `models:/m-...`, `runs:/<run>/<path>`, or a store's own URI. */
  readonly source: string;
  readonly description: string;
  /** `READY` once the files are complete. */
  readonly status: string;
  /** The version's own tags over those of its model. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Names the next page; undefined after the last one. */
  readonly next: string | undefined;
}

/** A model as a listing of all models shows it. */
export interface ListedModel {
  readonly name: string;
  /** By version. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly tags: Readonly<Record<string, string>>;
  /** The latest version of each stage, without what only the model knows of it. */
  readonly latest: readonly ModelVersion[];
}

/** A file of a version's model folder. */
export interface ArtifactFile {
  /** Path below the model folder, with `/` between its parts. Untrusted. */
  readonly path: string;
  /** Bytes, as the listing says. */
  readonly size: number;
  /** What tells these bytes from others of the same name and size, as `<kind>:<value>`, for example `etag:"..."`. Absent where the registry tells none. */
  readonly checksum?: string | undefined;
}

/** Where reading of a file begins or goes on. */
export interface FilePosition {
  /** Bytes of the file that the caller has already. */
  readonly offset: number;
  /** The entity tag that came with those bytes: a file that has another one by now is not read on. */
  readonly etag?: string | undefined;
}

/** Bytes that one reader takes, from the first to the last. */
export interface ByteStream extends AsyncIterable<Buffer> {
  /** Who does not read on says so, or why: a reader that waits gets the error. */
  destroy(error?: Error): void;
}

/** A file that is being read. */
export interface OpenedFile {
  /** Begins at the requested position. Ends with a `TransientError` if the connection breaks; open it again at the next position. */
  readonly bytes: ByteStream;
  /** Bytes of the whole file, as who sends it says; absent where that is not said. */
  readonly size?: number | undefined;
  /** As the store sends it, quotes included; absent where it sends none. */
  readonly etag?: string | undefined;
}

/** A folder in S3 that this project may read by itself. */
export interface S3Location {
  readonly bucket: string;
  /** Ends in `/`: a file's key is this and its path. */
  readonly prefix: string;
}

/** What a registry's webhooks are made from. */
export interface WebhookTarget {
  /** HTTPS address of the receiver. */
  readonly url: string;
  /** The shared secret that signs each delivery. */
  readonly secret: string;
}

/** Whether a model's webhook stands: a registry may refuse one for a model that does not exist yet. */
export type WebhookState = 'active' | 'model-missing';

/**
 * An MLflow registry. Databricks workspaces and open-source servers today; Unity Catalog and SageMaker's managed MLflow have
 * their place as further implementations beside these.
 *
 * Every method throws `TransientError` for faults that are expected to pass (network, 429, 5xx) and `RefusedError` otherwise.
 */
export interface ModelRegistry {
  /** Which registry this is: host and base path, without credentials. Part of every package's identity. */
  readonly id: string;
  /** Answers when the registry can be reached with these credentials; throws with what to check otherwise. */
  ping(): Promise<void>;
  /** True when the registry has no model at all. */
  isEmpty(): Promise<boolean>;
  /** All versions of a model, every page; empty for a model that does not exist. */
  listVersions(name: string): Promise<ModelVersion[]>;
  /** A page of all models; without a token the first one. */
  modelsPage(token: string | undefined): Promise<Page<ListedModel>>;
  /**
   * A page of the versions of all models, with their own tags only and without aliases that only the model knows of.
   *
   * @throws RefusedError where the registry lists no versions but those of one model
   */
  versionsPage(token: string | undefined): Promise<Page<ModelVersion>>;
  /** One version with its aliases, or undefined. */
  getVersion(name: string, version: string): Promise<ModelVersion | undefined>;
  /**
   * What tells a version's files from all others of this registry: versions that share it were made from one artifact. Where the
   * registry can rewrite an artifact, this alone is no proof of its bytes.
   */
  artifactId(version: ModelVersion): Promise<string>;
  /** All files of a version's model folder, sorted by path. */
  listFiles(version: ModelVersion): Promise<ArtifactFile[]>;
  /**
   * The bytes of one file, from a position on. The caller reads or destroys the stream.
   *
   * @throws RefusedError when the file has changed since the position's entity tag was sent, or is shorter than the offset
   */
  openFile(version: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile>;
  /** The version's folder where it lies in the S3 store that this installation may read directly; undefined otherwise. */
  locate(version: ModelVersion): Promise<S3Location | undefined>;
  /** Makes the webhook that watches the model, or brings it up to date; repeated calls leave exactly one. */
  ensureWebhook(modelName: string, target: WebhookTarget): Promise<WebhookState>;
  /**
   * Gives the target's secret to the webhooks that call its address. None is made: a model that is enrolled no more gets none back.
   * A model whose own webhooks this user may not change is left with its old secret, unless they all are.
   *
   * @param modelNames the models whose webhooks these are, where each model has one of its own
   */
  renewWebhooks(modelNames: readonly string[], target: WebhookTarget): Promise<void>;
  /**
   * Removes what {@link ensureWebhook} made; nothing to remove is fine.
   *
   * @param last true when no other model is enrolled: a registry whose webhook serves all models keeps it until then
   */
  removeWebhook(modelName: string, url: string, last: boolean): Promise<void>;
}
