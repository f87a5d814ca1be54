import { DISTANCE_SYMBOLS, LENGTH_SYMBOLS } from './memory';

/** Symbols of literals, of the block's end and of lengths; symbols of distances (RFC 1951, section 3.2.5). */
export const LITERALS: u32 = 286;
export const DISTANCES: u32 = 30;
export const END_OF_BLOCK: u32 = 256;
const FIRST_LENGTH: u32 = 257;
const LONGEST: u32 = 258;
const LONGEST_SYMBOL: u32 = 285;

/** Fills the tables that lead from lengths and distances to symbols. */
export function makeSymbols(): void {
  for (let symbol = FIRST_LENGTH; symbol < LONGEST_SYMBOL; symbol++) {
    const extra = lengthExtra(symbol);
    for (let value: u32 = 0; value < 1 << extra; value++) {
      store<u32>(LENGTH_SYMBOLS + ((lengthBase(symbol) + value) << 2), symbol | (extra << 16) | (value << 24));
    }
  }
  // It has a symbol of its own, although the one before could say it too.
  store<u32>(LENGTH_SYMBOLS + (LONGEST << 2), LONGEST_SYMBOL);
  for (let symbol: u32 = 0; symbol < DISTANCES; symbol++) {
    const first = distanceBase(symbol) - 1;
    const distances: u32 = 1 << distanceExtra(symbol);
    if (first < 256) {
      memory.fill(DISTANCE_SYMBOLS + first, <u8>symbol, distances);
    } else {
      memory.fill(DISTANCE_SYMBOLS + 256 + (first >> 7), <u8>symbol, distances >> 7);
    }
  }
}

/** Symbol, extra bits and their value of a length, as {@link LENGTH_SYMBOLS} has them. */
export function lengthSymbol(length: u32): u32 {
  return load<u32>(LENGTH_SYMBOLS + (length << 2));
}

export function distanceSymbol(distance: u32): u32 {
  const index = distance - 1;
  return load<u8>(DISTANCE_SYMBOLS + <usize>(index < 256 ? index : 256 + (index >> 7)));
}

export function distanceExtra(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}

function distanceBase(symbol: u32): u32 {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << distanceExtra(symbol)) + 1;
}

function lengthExtra(symbol: u32): u32 {
  return symbol < 265 ? 0 : (symbol - 261) >> 2;
}

function lengthBase(symbol: u32): u32 {
  return symbol < 265 ? symbol - 254 : ((4 + ((symbol - 265) & 3)) << lengthExtra(symbol)) + 3;
}
