import type { OpenFile } from './read-file';
import type { ArtifactFile } from './registry';

/** The entity tag that a listing has of a file; undefined where it has none. */
export function listedTag({ checksum }: Pick<ArtifactFile, 'checksum'>): string | undefined {
  return /^etag:(.+)$/.exec(checksum ?? '')?.[1];
}

/** Opens files as they were listed: where the listing has their entity tags, what was written over them since is not taken. */
export function asListed(files: readonly ArtifactFile[], open: OpenFile): OpenFile {
  const tags = new Map(files.map((file) => [file.path, listedTag(file)]));
  return (source, { offset, etag }) => open(source, { offset, etag: etag ?? tags.get(source) });
}
