import { alignBits, beginBits, putBits } from './bits';
import { addLiteral, addMatch, beginBlock, blockIsFull, writeBlock } from './block';
import { HASH_BITS, HASHES, INPUT, INPUT_MAX, OUTPUT } from './memory';
import { makeSymbols } from './symbols';

/** What a match may reach back (RFC 1951, section 2), and its longest. */
const WINDOW: usize = 32 * 1024;
const LONGEST: usize = 258;
/** The last bytes are literals: so nothing is read behind the input. */
const TAIL: usize = 16;

makeSymbols();

/** Address of the input, and of what becomes of it. */
export function inputAddress(): usize {
  return INPUT;
}
export function outputAddress(): usize {
  return OUTPUT;
}
export function inputMax(): u32 {
  return INPUT_MAX;
}

/**
 * Compresses the input into deflate blocks (RFC 1951) that need nothing of what comes before them, none of them the last of its
 * stream, and that end at a byte's boundary like those of zlib's Z_SYNC_FLUSH.
 *
 * It takes the first match that it finds, of four bytes and more: a compressor for speed, like zlib's level 1 at nearly twice its pace.
 *
 * @param bytes of the input
 * @returns bytes of the output
 */
export function deflate(bytes: u32): u32 {
  memory.fill(HASHES, 0, 4 << HASH_BITS);
  beginBits(OUTPUT);
  let token = beginBlock();
  const end = INPUT + bytes;
  const last = bytes > <u32>TAIL ? end - TAIL : INPUT;
  let at: usize = INPUT;
  // One loop, and its state in local variables: WebAssembly keeps those in registers.
  while (at < last) {
    const four = load<u32>(at);
    const place = HASHES + hashOf(four);
    const found = <usize>load<u32>(place);
    const distance = at - found;
    store<u32>(place, <u32>at);
    // An empty place is address 0, further away than the window reaches.
    if (distance <= WINDOW && load<u32>(found) === four) {
      const length = matchLength(at, found, end);
      token = addMatch(token, <u32>length, <u32>distance);
      at += length;
      remember(at - 1, last);
    } else {
      token = addLiteral(token, four & 0xff);
      at++;
    }
    if (blockIsFull(token)) {
      writeBlock(token);
      token = beginBlock();
    }
  }
  for (; at < end; at++) {
    token = addLiteral(token, load<u8>(at));
  }
  writeBlock(token);
  return endOfBlocks();
}

/** How long two places are alike, of which four bytes are known to be. */
function matchLength(at: usize, found: usize, end: usize): usize {
  const first = load<u64>(at) ^ load<u64>(found);
  if (first !== 0) {
    return <usize>(ctz(first) >> 3);
  }
  const most = min(end - at, LONGEST);
  let length: usize = 8;
  while (length + 8 <= most) {
    const difference = load<u64>(at + length) ^ load<u64>(found + length);
    if (difference !== 0) {
      return length + <usize>(ctz(difference) >> 3);
    }
    length += 8;
  }
  while (length < most && load<u8>(at + length) === load<u8>(found + length)) {
    length++;
  }
  return length;
}

function remember(at: usize, last: usize): void {
  if (at < last) {
    store<u32>(HASHES + hashOf(load<u32>(at)), <u32>at);
  }
}

/** D. Knuth's multiplicative hash. */
function hashOf(four: u32): usize {
  return <usize>(((four * 0x9e3779b1) >> (32 - HASH_BITS)) << 2);
}

/** An empty stored block, which ends at a byte's boundary. */
function endOfBlocks(): u32 {
  putBits(0, 3);
  const end = alignBits();
  store<u32>(end, 0xffff0000);
  return <u32>(end + 4 - OUTPUT);
}
