import { encodeMetadataText, fitsMetadataValue } from './metadata-text';

/**
 * The names of what did not fit into a package's metadata, as one value that itself fits: as many names as there is room
 * for, and the number of the others.
 *
 * @returns '' when nothing was left out
 */
export function leaveOut(names: readonly string[]): string {
  for (let shown = names.length; shown > 0; shown--) {
    const others = names.length - shown;
    const value = [...names.slice(0, shown), ...(others > 0 ? [`and ${others} more`] : [])].join(' ');
    if (fitsMetadataValue(encodeMetadataText(value))) {
      return value;
    }
  }
  return names.length === 0 ? '' : `${names.length} values`;
}
