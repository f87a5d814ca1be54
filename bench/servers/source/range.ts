/** The bytes that a request asks for: from `start` up to, not including, `end`. */
export interface Range {
  readonly status: 200 | 206 | 416;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header as RFC 9110 has it, for one range; several, or another unit, are answered with the whole.
 *
 * @param size of the file, in bytes
 */
export function rangeOf(header: string | undefined, size: number): Range {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') {
    return { status: 200, start: 0, end: size };
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { status: 206, start, end } : { status: 416, start: 0, end: 0 };
}
