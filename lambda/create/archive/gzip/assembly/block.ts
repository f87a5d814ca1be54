import { flushBits, putBits, waitingBits } from './bits';
import { makeCodes } from './codes';
import { writeHeader } from './header';
import { DISTANCE_CODES, DISTANCE_COUNTS, LITERAL_CODES, LITERAL_COUNTS, TOKENS, TOKENS_MAX } from './memory';
import { DISTANCES, distanceExtra, distanceSymbol, END_OF_BLOCK, LITERALS, lengthSymbol } from './symbols';

/** No code is longer (RFC 1951, section 3.2.7). */
const CODE_LIMIT: u32 = 15;
/** A token below it is a literal; any other has the length in its upper half, and in the lower one the distance and this - 1. */
const FIRST_MATCH: u32 = 256;

/** Address behind the last token. */
let end: usize = TOKENS;

/** Begins a block without tokens. */
export function beginBlock(): void {
  end = TOKENS;
  memory.fill(LITERAL_COUNTS, 0, LITERALS << 2);
  memory.fill(DISTANCE_COUNTS, 0, DISTANCES << 2);
}

export function addLiteral(byte: u32): void {
  store<u32>(end, byte);
  end += 4;
  count(LITERAL_COUNTS, byte);
}

/** @param length of 3 to 258 bytes @param distance of 1 to 32,768 bytes */
export function addMatch(length: u32, distance: u32): void {
  store<u32>(end, (length << 16) | (distance + FIRST_MATCH - 1));
  end += 4;
  count(LITERAL_COUNTS, lengthSymbol(length) & 0xffff);
  count(DISTANCE_COUNTS, distanceSymbol(distance));
}

export function blockIsFull(): bool {
  return end >= TOKENS + (TOKENS_MAX << 2);
}

/** Writes the block, with the codes that suit it best. */
export function writeBlock(): void {
  count(LITERAL_COUNTS, END_OF_BLOCK);
  makeCodes(LITERAL_COUNTS, LITERALS, CODE_LIMIT, LITERAL_CODES);
  makeCodes(DISTANCE_COUNTS, DISTANCES, CODE_LIMIT, DISTANCE_CODES);
  writeHeader();
  for (let at: usize = TOKENS; at < end; at += 4) {
    const token = load<u32>(at);
    const isLiteral = token < FIRST_MATCH;
    // Room for the one or the other, of 56 bits that may wait.
    if (waitingBits() > (isLiteral ? 56 - CODE_LIMIT : 8)) {
      flushBits();
    }
    if (isLiteral) {
      putCode(LITERAL_CODES, token);
    } else {
      putMatch(token >> 16, (token & 0xffff) - (FIRST_MATCH - 1));
    }
  }
  flushBits();
  putCode(LITERAL_CODES, END_OF_BLOCK);
  flushBits();
}

/** At most 48 bits. */
function putMatch(length: u32, distance: u32): void {
  const symbol = lengthSymbol(length);
  putCode(LITERAL_CODES, symbol & 0xffff);
  putBits(symbol >> 24, (symbol >> 16) & 0xff);
  const far = distanceSymbol(distance);
  putCode(DISTANCE_CODES, far);
  const extra = distanceExtra(far);
  putBits((distance - 1) & ((1 << extra) - 1), extra);
}

function putCode(codes: usize, symbol: u32): void {
  const code = load<u32>(codes + (symbol << 2));
  putBits(code & 0xffff, code >> 16);
}

function count(counts: usize, symbol: u32): void {
  store<u32>(counts + (symbol << 2), load<u32>(counts + (symbol << 2)) + 1);
}
