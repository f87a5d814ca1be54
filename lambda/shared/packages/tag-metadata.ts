import { encodeMetadataText, fitsMetadataValue, METADATA_ENTRIES_MAX } from './metadata-text';

/** Before the name of each tag of MLflow's. */
export const TAG_PREFIX = 'mlflow_tag_';
/** MLflow's own tags, which say nothing to people. */
const SYSTEM_PREFIX = 'mlflow.';
/** Keys of CustomerMetadataProperties (ModelPackage, CustomerMetadataKey). */
const KEY_MAX = 128;
/** Entries that the package's other metadata may need; a test counts them. */
export const OTHER_ENTRIES_MAX = 27;
const TAGS_MAX = METADATA_ENTRIES_MAX - OTHER_ENTRIES_MAX;

/**
 * A version's tags as metadata, in the order of their names. Left out, and named, are those whose name or value is too long,
 * then the last ones of more than SageMaker has room for. Empty tags and MLflow's own have no entry.
 */
export function tagMetadata(tags: Readonly<Record<string, string>>): {
  metadata: Record<string, string>;
  leftOut: string[];
} {
  const metadata: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const name of Object.keys(tags).sort()) {
    const value = encodeMetadataText(tags[name] as string);
    const key = TAG_PREFIX + encodeMetadataText(name);
    if (value === '' || name.startsWith(SYSTEM_PREFIX)) {
      continue;
    }
    // Names that are no Unicode can become one and the same key.
    const taken = Object.hasOwn(metadata, key);
    if (taken || key.length > KEY_MAX || !fitsMetadataValue(value) || Object.keys(metadata).length === TAGS_MAX) {
      leftOut.push(TAG_PREFIX + name);
    } else {
      metadata[key] = value;
    }
  }
  return { metadata, leftOut };
}
