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

/*
 * What a loop needs that adds bits by itself, in variables of its own: WebAssembly keeps those in registers, and these in memory.
 */
export function waitingBits(): u64 {
  return waiting;
}
export function waitingCount(): u32 {
  return count;
}
export function nextByte(): usize {
  return next;
}

/** Goes on behind such a loop: with fewer than 8 bits that wait, and the address of the next byte. */
export function resumeBits(bits: u64, bitCount: u32, address: usize): void {
  waiting = bits;
  count = bitCount;
  next = address;
}
