import type { ArchiveEntry } from '../packing/archive-entry';
import type { ArtifactFile } from '../registry/registry';
import type { MlModel } from './mlmodel';

/** A version's model folder, as far as a flavour looks at it. */
export interface ModelFolder {
  readonly mlmodel: MlModel;
  /** SHA-256 of the MLmodel file, which holds the time and the id of its logging. */
  readonly mlmodelHash: string;
  readonly files: readonly ArtifactFile[];
  /** Texts of the files that say the environment, and of those that they refer to, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** SHA-256 of the wheels that the requirements name, by path. */
  readonly wheelHashes: ReadonlyMap<string, string>;
}

/** How a model is packed for its image. */
export interface Packaging {
  /** Version of the framework that the model was trained with; '' where that does not matter. */
  readonly frameworkVersion: string;
  /** Environment of the container. */
  readonly environment: Readonly<Record<string, string>>;
  readonly entries: readonly ArchiveEntry[];
}

/** The ways a model is served, each by one file of this folder; also the names of their images' SSM parameters. */
export type FlavorName = 'sklearn' | 'xgboost' | 'tensorflow' | 'python_function';

/** A way to serve models of one or several of MLflow's flavours. A flavour is one file. */
export interface Flavor {
  readonly name: FlavorName;
  /** MLflow's names, in MLmodel, of the flavours that it serves. */
  readonly serves: readonly string[];
  /** Counts up with each change of {@link pack} that alters what an endpoint does: packages made before are replaced. */
  readonly packing: string;
  /** @throws RefusedError when the folder lacks what the flavour needs */
  pack(folder: ModelFolder): Packaging;
}
