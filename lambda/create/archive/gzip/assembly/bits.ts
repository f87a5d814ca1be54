/** Bits that wait to be written; the first is the lowest. */
let waiting: u64 = 0;
let count: u32 = 0;
/** Address of the next byte. */
let next: usize = 0;

/** Begins at an address. */
export function beginBits(address: usize): void {
  waiting = 0;
  count = 0;
  next = address;
}

/** Adds bits: at most 56 between two flushes. */
export function putBits(value: u64, bits: u32): void {
  waiting |= value << count;
  count += bits;
}

/** Writes the whole bytes that wait. */
export function flushBits(): void {
  store<u64>(next, waiting);
  const bytes = count >> 3;
  next += bytes;
  waiting >>= <u64>(bytes << 3);
  count &= 7;
}

/** Fills the byte that was begun with zeros. @returns the address behind it */
export function alignBits(): usize {
  count = (count + 7) & ~7;
  flushBits();
  return next;
}

/** How many bits wait. */
export function waitingBits(): u32 {
  return count;
}
