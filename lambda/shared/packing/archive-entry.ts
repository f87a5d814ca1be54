/** A file of the archive: fetched from the registry, or made here. A folder has a name that ends in a slash and no content. */
export type ArchiveEntry =
  | { readonly path: string; readonly size: number; readonly source: string }
  | { readonly path: string; readonly content: string };

/** Bytes of an entry's file. */
export function entryBytes(entry: ArchiveEntry): number {
  return 'content' in entry ? Buffer.byteLength(entry.content) : entry.size;
}
