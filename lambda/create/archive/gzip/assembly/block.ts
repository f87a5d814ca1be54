import { flushBits, nextByte, putBits, resumeBits, waitingBits, waitingCount } from './bits';
import { makeCodes } from './codes';
import { writeHeader } from './header';
import { DISTANCE_CODES, DISTANCE_COUNTS, LITERAL_CODES, LITERAL_COUNTS, TOKENS, TOKENS_MAX } from './memory';
import { DISTANCES, distanceExtra, distanceSymbol, END_OF_BLOCK, LITERALS, lengthSymbol } from './symbols';

/** No code is longer (RFC 1951, section 3.2.7). */
const CODE_LIMIT: u32 = 15;
/** A token below it is a literal; any other has the length in its upper half, and in the lower one the distance and this - 1. */
const FIRST_MATCH: u32 = 256;

/** Begins a block without tokens. @returns the address of its first token */
export function beginBlock(): usize {
  memory.fill(LITERAL_COUNTS, 0, LITERALS << 2);
  memory.fill(DISTANCE_COUNTS, 0, DISTANCES << 2);
  return TOKENS;
}

/** @param at address of the new token @returns the address behind it */
export function addLiteral(at: usize, byte: u32): usize {
  store<u32>(at, byte);
  count(LITERAL_COUNTS, byte);
  return at + 4;
}

/** @param length of 3 to 258 bytes @param distance of 1 to 32,768 bytes */
export function addMatch(at: usize, length: u32, distance: u32): usize {
  store<u32>(at, (length << 16) | (distance + FIRST_MATCH - 1));
  count(LITERAL_COUNTS, lengthSymbol(length) & 0xffff);
  count(DISTANCE_COUNTS, distanceSymbol(distance));
  return at + 4;
}

/** @param end address behind the last token */
export function blockIsFull(end: usize): bool {
  return end >= TOKENS + (TOKENS_MAX << 2);
}

/** Writes the block, with the codes that suit it best. */
export function writeBlock(end: usize): void {
  count(LITERAL_COUNTS, END_OF_BLOCK);
  makeCodes(LITERAL_COUNTS, LITERALS, CODE_LIMIT, LITERAL_CODES);
  makeCodes(DISTANCE_COUNTS, DISTANCES, CODE_LIMIT, DISTANCE_CODES);
  writeHeader();
  writeTokens(end);
  const code = codeOf(LITERAL_CODES, END_OF_BLOCK);
  putBits(code & 0xffff, code >> 16);
  flushBits();
}

/** A match has 48 bits at most: they and the 7 that wait are written at once. */
function writeTokens(end: usize): void {
  let bits = waitingBits();
  let bitCount: u64 = waitingCount();
  let next = nextByte();
  for (let at: usize = TOKENS; at < end; at += 4) {
    const token = load<u32>(at);
    if (token < FIRST_MATCH) {
      const code = codeOf(LITERAL_CODES, token);
      bits |= (<u64>(code & 0xffff)) << bitCount;
      bitCount += code >> 16;
    } else {
      const symbol = lengthSymbol(token >> 16);
      const code = codeOf(LITERAL_CODES, symbol & 0xffff);
      bits |= (<u64>(code & 0xffff)) << bitCount;
      bitCount += code >> 16;
      bits |= (<u64>(symbol >> 24)) << bitCount;
      bitCount += (symbol >> 16) & 0xff;
      const distance = (token & 0xffff) - (FIRST_MATCH - 1);
      const far = distanceSymbol(distance);
      const farCode = codeOf(DISTANCE_CODES, far);
      bits |= (<u64>(farCode & 0xffff)) << bitCount;
      bitCount += farCode >> 16;
      const extra = distanceExtra(far);
      bits |= (<u64>((distance - 1) & ((1 << extra) - 1))) << bitCount;
      bitCount += extra;
    }
    store<u64>(next, bits);
    next += <usize>(bitCount >> 3);
    bits >>= bitCount & ~7;
    bitCount &= 7;
  }
  resumeBits(bits, <u32>bitCount, next);
}

function codeOf(codes: usize, symbol: u32): u32 {
  return load<u32>(codes + (symbol << 2));
}

function count(counts: usize, symbol: u32): void {
  store<u32>(counts + (symbol << 2), load<u32>(counts + (symbol << 2)) + 1);
}
