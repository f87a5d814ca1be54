import type { ModelRegistry, ModelVersion } from '../../../lambda/shared/registry/registry';
import type { FakeServer } from '../fake-server';
import { modelVersion } from '../versions';
import { FolderServer, type Way } from './folder-server';
import type { Sending } from './send-file';

const MIB = 1024 * 1024;

/** The MLmodel of each case's version. */
export const MLMODEL =
  'flavors:\n  python_function: {loader_module: mlflow.sklearn, python_version: 3.12.4}\n' +
  '  sklearn: {pickled_model: model.pkl, sklearn_version: 1.9.1}\nmodel_uuid: 0123\n';

/** Sizes around the blocks of a tar, the chunks of the compressor and the records of GNU tar. */
export const SIZES = [1, 2, 511, 512, 513, 1024, 10_240, 70_000, MIB - 512, MIB, MIB + 1];

/** One version whose model file comes as the case says. */
export interface Case {
  readonly way: Way;
  readonly what: string;
  readonly bytes: Buffer;
  /** Listed size of the model file. @default its own */
  readonly listed?: number;
  /** How the n-th answer with bytes of the model file differs from a good one, from 1 on. */
  readonly sends: (nth: number) => Partial<Sending>;
  readonly mlmodel?: (nth: number) => Partial<Sending>;
  /** `whole`: it must arrive; `refused`: it must not; `either`: whole or not at all. */
  readonly expected: 'whole' | 'refused' | 'either';
  readonly reason?: RegExp;
}

/** The version's files as they come from one of the ways when nothing is wrong with it. */
function goodSending(way: Way, bytes: Buffer): Sending {
  // S3 behind MLflow: no length, no ranges, no entity tag that means something.
  return way === 'through MLflow'
    ? { bytes, ranges: false, length: 'chunked' }
    : { bytes, ranges: true, length: 'said', etag: '"v1"' };
}

/** Serves cases, each as a version of a model of its own. */
export class DownloadCases {
  private readonly folders: FolderServer;
  private served = 0;

  constructor(server: FakeServer) {
    this.folders = new FolderServer(server);
  }

  /** Serves a case, and gives its registry and version. */
  serve({ way, bytes, listed = bytes.length, sends, mlmodel = () => ({}) }: Case): {
    registry: ModelRegistry;
    version: ModelVersion;
  } {
    const name = `c${++this.served}`;
    const asked = new Map<string, number>();
    const files: Record<string, { bytes: Buffer; sends: (nth: number) => Partial<Sending> }> = {
      MLmodel: { bytes: Buffer.from(MLMODEL), sends: mlmodel },
      'model.pkl': { bytes, sends },
    };
    this.folders.folders.set(name, {
      way,
      listed: () => [
        { path: 'MLmodel', size: MLMODEL.length, etag: '"v1"' },
        { path: 'model.pkl', size: listed, etag: '"v1"' },
      ],
      send: (path) => {
        const nth = (asked.get(path) ?? 0) + 1;
        asked.set(path, nth);
        const file = files[path] ?? { bytes: Buffer.alloc(0), sends: () => ({}) };
        return { ...goodSending(way, file.bytes), ...file.sends(nth) };
      },
    });
    const version = modelVersion({ name, source: `models:/m-${name}`, stage: 'Staging' });
    return { registry: this.folders.registry(way), version };
  }
}
