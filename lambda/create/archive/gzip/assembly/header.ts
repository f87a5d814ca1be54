import { flushBits, putBits } from './bits';
import { codeLength, makeCodes } from './codes';
import { DISTANCE_CODES, HEADER_LENGTHS, HEADER_RUNS, LENGTH_CODES, LENGTH_COUNTS, LITERAL_CODES } from './memory';
import { DISTANCES, LITERALS } from './symbols';

/** A block that is not the last, with codes of its own. */
const DYNAMIC_BLOCK: u64 = 2 << 1;
/** Symbols that say how often a length, or 0, is repeated. */
const REPEAT: u32 = 16;
const ZEROS: u32 = 17;
const MANY_ZEROS: u32 = 18;
const LENGTH_SYMBOLS: u32 = 19;
const LENGTH_LIMIT: u32 = 7;
/** The order in which the header gives the lengths of the lengths' codes (RFC 1951, section 3.2.7). */
const ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Writes a block's header: the lengths of its codes, in runs, by a code of their own. */
export function writeHeader(): void {
  const literals = used(LITERAL_CODES, LITERALS, 257);
  const distances = used(DISTANCE_CODES, DISTANCES, 1);
  for (let symbol: u32 = 0; symbol < literals; symbol++) {
    store<u8>(HEADER_LENGTHS + symbol, <u8>codeLength(LITERAL_CODES, symbol));
  }
  for (let symbol: u32 = 0; symbol < distances; symbol++) {
    store<u8>(HEADER_LENGTHS + literals + symbol, <u8>codeLength(DISTANCE_CODES, symbol));
  }
  const runs = makeRuns(literals + distances);
  makeCodes(LENGTH_COUNTS, LENGTH_SYMBOLS, LENGTH_LIMIT, LENGTH_CODES);
  let lengths = LENGTH_SYMBOLS;
  while (lengths > 4 && codeLength(LENGTH_CODES, ORDER[lengths - 1]) === 0) {
    lengths--;
  }
  putBits(DYNAMIC_BLOCK, 3);
  putBits(literals - 257, 5);
  putBits(distances - 1, 5);
  putBits(lengths - 4, 4);
  flushBits();
  for (let index: u32 = 0; index < lengths; index++) {
    putBits(codeLength(LENGTH_CODES, ORDER[index]), 3);
    flushBits();
  }
  for (let index: u32 = 0; index < runs; index++) {
    writeRun(load<u16>(HEADER_RUNS + (index << 1)));
  }
}

/** How many symbols the header lists: up to the last that has a code. */
function used(codes: usize, symbols: u32, least: u32): u32 {
  let count = symbols;
  while (count > least && codeLength(codes, count - 1) === 0) {
    count--;
  }
  return count;
}

/** @returns how many runs the lengths make; each is a symbol and, above it, what its extra bits say */
function makeRuns(lengths: u32): u32 {
  memory.fill(LENGTH_COUNTS, 0, LENGTH_SYMBOLS << 2);
  let runs: u32 = 0;
  for (let index: u32 = 0; index < lengths; ) {
    const length = <u32>load<u8>(HEADER_LENGTHS + index);
    let left: u32 = 1;
    while (index + left < lengths && load<u8>(HEADER_LENGTHS + index + left) === <u8>length) {
      left++;
    }
    index += left;
    if (length > 0) {
      runs = addRun(runs, length, 0);
      left--;
    }
    while (left >= 3) {
      const most: u32 = length > 0 ? 6 : 138;
      const some = min(left, most);
      if (length > 0) {
        runs = addRun(runs, REPEAT, some - 3);
      } else {
        runs = some < 11 ? addRun(runs, ZEROS, some - 3) : addRun(runs, MANY_ZEROS, some - 11);
      }
      left -= some;
    }
    for (; left > 0; left--) {
      runs = addRun(runs, length, 0);
    }
  }
  return runs;
}

function addRun(runs: u32, symbol: u32, extra: u32): u32 {
  store<u16>(HEADER_RUNS + (runs << 1), <u16>(symbol | (extra << 8)));
  store<u32>(LENGTH_COUNTS + (symbol << 2), load<u32>(LENGTH_COUNTS + (symbol << 2)) + 1);
  return runs + 1;
}

function writeRun(run: u32): void {
  const symbol = run & 0xff;
  const code = load<u32>(LENGTH_CODES + (symbol << 2));
  putBits(code & 0xffff, code >> 16);
  if (symbol >= REPEAT) {
    putBits(run >> 8, symbol === REPEAT ? 2 : symbol === ZEROS ? 3 : 7);
  }
  flushBits();
}
