import type { Framework } from '../images/image-table';
import type { ArtifactFile } from '../registry/registry';
import type { ArchiveEntry } from './archive-entry';
import type { MlModel } from './mlmodel';

/** A version's model folder, as far as a flavour looks at it. */
export interface ModelFolder {
  readonly mlmodel: MlModel;
  readonly files: readonly ArtifactFile[];
  /** Text of the folder's requirements.txt; '' where there is none. */
  readonly requirements: string;
}

/** How a model is packed for its image. */
export interface Packaging {
  /** Version of the framework that the model was trained with. */
  readonly frameworkVersion: string;
  /** Environment of the container. */
  readonly environment: Readonly<Record<string, string>>;
  readonly entries: readonly ArchiveEntry[];
}

/** One of MLflow's flavours, and how SageMaker serves it. A flavour is one file. */
export interface Flavor {
  /** MLflow's name of it, and the name of its images. */
  readonly name: Framework;
  /** Counts up with each change of {@link pack} that alters what an endpoint does: packages made before are replaced. */
  readonly packing: string;
  /** @throws RefusedError when the folder lacks what the flavour needs */
  pack(folder: ModelFolder): Packaging;
}
