/** Everything in a tar is padded to whole blocks. */
export const TAR_BLOCK_BYTES = 512;
/** What the size field holds in eleven octal digits. */
export const USTAR_SIZE_MAX = 8 ** 11 - 1;

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Kinds of entries, by the letters of the format. */
export type TypeFlag = '0' | '5' | 'x';

/** What one header block says; all else is the same for every entry, so that nothing depends on when and where it was made. */
export interface UstarFields {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  /** `0` a file, `5` a folder, `x` records for the entry that follows. */
  readonly type: TypeFlag;
}

/**
 * One header block (POSIX.1-2017, pax, ustar interchange format). tar-stream makes the same one, but only within a stream that
 * all bytes of the archive pass through, from the first on.
 *
 * @returns undefined for a name or a size that the format cannot hold
 */
export function ustarHeader({ name, size, mode, type }: UstarFields): Buffer | undefined {
  const split = splitName(name);
  if (split === undefined || size > USTAR_SIZE_MAX) {
    return undefined;
  }
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write(split.name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  // The checksum counts its own field as spaces.
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\0' + '00', 257);
  block.write(octal(0, 8), 329);
  block.write(octal(0, 8), 337);
  block.write(split.prefix, 345);
  let sum = 0;
  for (const byte of block) {
    sum += byte;
  }
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Digits that fill a field but for the NUL at its end. */
function octal(value: number, bytes: number): string {
  return `${value.toString(8).padStart(bytes - 1, '0')}\0`;
}

/** A name in the format's two fields, cut at a slash; undefined where it does not fit, or is not ASCII. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what the format takes.
  if (!/^[\x00-\x7f]+$/.test(name)) {
    return undefined;
  }
  if (name.length <= NAME_BYTES) {
    return { name, prefix: '' };
  }
  // The first slash that leaves a name which is short enough; a folder's own slash at the end is no place to cut.
  const slash = name.indexOf('/', name.length - NAME_BYTES - 1);
  return slash <= 0 || slash > PREFIX_BYTES || slash === name.length - 1
    ? undefined
    : { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}
