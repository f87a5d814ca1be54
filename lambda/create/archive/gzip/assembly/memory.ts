/*
 * Where things are in the module's memory, which it manages by itself: no allocation, no garbage. The tables come first, so that
 * they share few pages; input and output are last, with room behind each for the eight bytes that are read and written at once.
 */

/** Bytes of input that are compressed at once. */
export const INPUT_MAX: u32 = 1024 * 1024;

/** Bits of a hash. The table of 64 KiB stays in a processor's cache. */
export const HASH_BITS: u32 = 14;
/** u32 by hash: address of the last four bytes with that hash. */
export const HASHES: usize = 0x10000;

/** u32 by symbol: how often it occurs in the block. */
export const LITERAL_COUNTS: usize = 0x20000;
export const DISTANCE_COUNTS: usize = 0x20800;
export const LENGTH_COUNTS: usize = 0x20900;
/** u32 by symbol: its code, first bit lowest, and in the upper half the code's length. */
export const LITERAL_CODES: usize = 0x21000;
export const DISTANCE_CODES: usize = 0x21800;
export const LENGTH_CODES: usize = 0x21900;

/** u32 by length of a match: its symbol, from bit 16 the number of its extra bits, from bit 24 their value. */
export const LENGTH_SYMBOLS: usize = 0x22000;
/** u8 by distance - 1 below 256; behind them by (distance - 1) / 128. */
export const DISTANCE_SYMBOLS: usize = 0x22800;

/** u8: the lengths of a block's codes, as its header lists them. */
export const HEADER_LENGTHS: usize = 0x23000;
/** u16: the same as the header writes them, in runs. */
export const HEADER_RUNS: usize = 0x23400;
/** What the making of a code needs meanwhile. */
export const WORK: usize = 0x24000;

/** u32: a block's literals and matches. */
export const TOKENS: usize = 0x40000;
export const TOKENS_MAX: u32 = 64 * 1024;

export const INPUT: usize = 0x100000;
export const OUTPUT: usize = 0x240000;
