import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from './manifest';
import { runPython } from './run-python';

/** The data sets: what is in the folder of a large model, of a classical one, and of one that was logged in pieces. */
export const DATA_SETS = ['weights', 'pickles', 'small-files'] as const;

export type DataSetName = (typeof DATA_SETS)[number];

/** A data set that is there. */
export interface DataSet {
  readonly name: DataSetName;
  /** Holds the files. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const GENERATOR = join(__dirname, 'generate.py');

/**
 * The data set of a name, made where it is not there yet or was made by another generator. That takes seconds at a tenth of
 * the size, and minutes at the whole.
 *
 * @param scale 1 for the full size, less for a part of it
 * @param parent the folder below which it is kept
 */
export async function ensureDataSet(
  name: DataSetName,
  scale: number,
  parent: string,
  python: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<DataSet> {
  // Another generator makes other data: its hash is part of the folder's name.
  const edition = createHash('sha256').update(readFileSync(GENERATOR)).digest('hex').slice(0, 8);
  const target = join(parent, `${name}-${scale}-${edition}`);
  if (!existsSync(join(target, 'manifest.json'))) {
    say(`data: making ${name}`);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await runPython(python, [GENERATOR, name, String(scale), target], signal);
  }
  return { name, folder: join(target, 'files'), manifest: readManifest(target) };
}
