import { TAR_BLOCK_BYTES, USTAR_SIZE_MAX, ustarHeader } from './ustar';

/** Two empty blocks end an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

/** Stands in the header whose real name is in the records before it. */
const NAME_ELSEWHERE = 'PaxHeader';

/**
 * The blocks before a file's bytes: one header, or records before it where a name or a size does not fit into one.
 *
 * @param path a folder's ends in `/`
 * @param size bytes of the file
 */
export function tarHeader(path: string, size: number): Buffer {
  const fields = path.endsWith('/')
    ? ({ name: path, size, mode: 0o755, type: '5' } as const)
    : ({ name: path, size, mode: 0o644, type: '0' } as const);
  return ustarHeader(fields) ?? withRecords(fields);
}

/** The zeros that fill a file's last block. */
export function padding(size: number): Buffer {
  return TAR_END.subarray(0, (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

/** A header with what it cannot hold in records before it (POSIX.1-2017, pax, extended header). */
function withRecords(fields: Parameters<typeof ustarHeader>[0]): Buffer {
  const large = fields.size > USTAR_SIZE_MAX;
  const records = Buffer.concat([record('path', fields.name), large ? record('size', String(fields.size)) : TAR_NONE]);
  const blocks = [
    ustarHeader({ name: NAME_ELSEWHERE, size: records.length, mode: 0o644, type: 'x' }),
    records,
    padding(records.length),
    ustarHeader({ ...fields, name: NAME_ELSEWHERE, size: large ? 0 : fields.size }),
  ];
  // Stryker disable next-line MethodExpression, ConditionalExpression: no block is undefined; only the type says so
  return Buffer.concat(blocks.filter((block) => block !== undefined));
}

const TAR_NONE = Buffer.alloc(0);

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function record(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  let digits = String(length).length;
  if (String(length + digits).length > digits) {
    digits++;
  }
  return Buffer.from(`${length + digits}${rest}`);
}
