/** What MLflow's artifact proxy answers for a folder; its paths begin in that folder. */
export interface Listing {
  readonly files: readonly ListedFile[];
}

interface ListedFile {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/**
 * The listing of every folder, by its path; '' is the root.
 *
 * @param files by their paths, with `/` between the parts
 */
export function foldersOf(files: ReadonlyMap<string, { readonly length: number }>): ReadonlyMap<string, Listing> {
  const folders = new Map<string, Map<string, ListedFile>>([['', new Map()]]);
  for (const [path, { length }] of files) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const name = parts[depth - 1] ?? '';
      const parent = parts.slice(0, depth - 1).join('/');
      const entries = folders.get(parent) ?? new Map<string, ListedFile>();
      folders.set(parent, entries);
      const isFile = depth === parts.length;
      entries.set(name, isFile ? { path: name, is_dir: false, file_size: length } : { path: name, is_dir: true });
    }
  }
  return new Map([...folders].map(([path, entries]) => [path, { files: [...entries.values()] }]));
}
