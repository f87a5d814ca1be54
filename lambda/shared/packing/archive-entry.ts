/** A file of the archive: fetched from the registry, or made here. */
export type ArchiveEntry =
  | { readonly path: string; readonly size: number; readonly source: string }
  | { readonly path: string; readonly content: string };
