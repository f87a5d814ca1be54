import { WORK } from './memory';

/*
 * Canonical codes of limited length. The tree is made by two queues, leaves in the order of their counts and nodes in the order of
 * their making (J. van Leeuwen, On the construction of Huffman trees, 1976); codes that would be too long are shortened until the
 * lengths fit again, which costs a little of the best code.
 */

/** u64 by leaf, rarest first: how often its symbol occurs, above the symbol's 16 bits. */
const LEAVES: usize = WORK;
/** u32 by node: how often what is below it occurs; later how deep it lies. */
const NODES: usize = WORK + 0x1000;
/** u16 by leaf, and by node: the node above. */
const LEAF_PARENTS: usize = WORK + 0x1800;
const NODE_PARENTS: usize = WORK + 0x1b00;
/** u32 by length: how many codes have it, and the next code of it. */
const LENGTHS: usize = WORK + 0x1e80;
const NEXT_CODES: usize = WORK + 0x1f00;

/**
 * Makes a code for the symbols that occur.
 *
 * @param counts u32 by symbol
 * @param symbols how many symbols there are
 * @param limit of a code's length, in bits
 * @param codes u32 by symbol, gets the code and in its upper half the length; 0 for a symbol that does not occur
 */
export function makeCodes(counts: usize, symbols: u32, limit: u32, codes: usize): void {
  memory.fill(codes, 0, symbols << 2);
  const leaves = sortLeaves(counts, symbols);
  if (leaves < 2) {
    // A code of one bit, also where nothing occurs: readers want one.
    store<u32>(codes + (leafSymbol(0) << 2), 1 << 16);
    return;
  }
  makeTree(leaves);
  countLengths(leaves, limit);
  fitLengths(limit);
  setLengths(limit, codes);
  setCodes(symbols, limit, codes);
}

/** Length of a symbol's code. */
export function codeLength(codes: usize, symbol: u32): u32 {
  return load<u32>(codes + (symbol << 2)) >> 16;
}

function leafSymbol(leaf: u32): u32 {
  return <u32>(load<u64>(LEAVES + (leaf << 3)) & 0xffff);
}

function sortLeaves(counts: usize, symbols: u32): u32 {
  let leaves: u32 = 0;
  store<u64>(LEAVES, 0);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = load<u32>(counts + (symbol << 2));
    if (count > 0) {
      store<u64>(LEAVES + (leaves << 3), ((<u64>count) << 16) | symbol);
      leaves++;
    }
  }
  for (let gap = leaves >> 1; gap > 0; gap >>= 1) {
    for (let index = gap; index < leaves; index++) {
      const leaf = load<u64>(LEAVES + (index << 3));
      let place = index;
      while (place >= gap && load<u64>(LEAVES + ((place - gap) << 3)) > leaf) {
        store<u64>(LEAVES + (place << 3), load<u64>(LEAVES + ((place - gap) << 3)));
        place -= gap;
      }
      store<u64>(LEAVES + (place << 3), leaf);
    }
  }
  return leaves;
}

function makeTree(leaves: u32): void {
  let leaf: u32 = 0;
  let node: u32 = 0;
  for (let made: u32 = 0; made < leaves - 1; made++) {
    let sum: u64 = 0;
    for (let child = 0; child < 2; child++) {
      const ofLeaf = leaf < leaves ? load<u64>(LEAVES + (leaf << 3)) >> 16 : u64.MAX_VALUE;
      const ofNode = node < made ? <u64>load<u32>(NODES + (node << 2)) : u64.MAX_VALUE;
      if (ofLeaf <= ofNode) {
        sum += ofLeaf;
        store<u16>(LEAF_PARENTS + (leaf << 1), <u16>made);
        leaf++;
      } else {
        sum += ofNode;
        store<u16>(NODE_PARENTS + (node << 1), <u16>made);
        node++;
      }
    }
    store<u32>(NODES + (made << 2), <u32>sum);
  }
}

function countLengths(leaves: u32, limit: u32): void {
  const root = leaves - 2;
  store<u32>(NODES + (root << 2), 0);
  for (let node = <i32>root - 1; node >= 0; node--) {
    const parent = <u32>load<u16>(NODE_PARENTS + (node << 1));
    store<u32>(NODES + (node << 2), load<u32>(NODES + (parent << 2)) + 1);
  }
  memory.fill(LENGTHS, 0, (limit + 1) << 2);
  for (let leaf: u32 = 0; leaf < leaves; leaf++) {
    const parent = <u32>load<u16>(LEAF_PARENTS + (leaf << 1));
    addLengths(min(load<u32>(NODES + (parent << 2)) + 1, limit), 1);
  }
}

/** Codes fit when their lengths fill the tree and no more (L. Kraft's inequality). */
function fitLengths(limit: u32): void {
  let filled: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) {
    filled += load<u32>(LENGTHS + (length << 2)) << (limit - length);
  }
  while (filled > 1 << limit) {
    // A code that is shorter than the limit makes room: it and one of the longest become two that are one bit longer.
    let length = limit - 1;
    while (load<u32>(LENGTHS + (length << 2)) === 0) {
      length--;
    }
    addLengths(length, -1);
    addLengths(length + 1, 2);
    addLengths(limit, -1);
    filled--;
  }
}

function addLengths(length: u32, more: i32): void {
  store<u32>(LENGTHS + (length << 2), load<u32>(LENGTHS + (length << 2)) + more);
}

/** The rarest symbols get the longest codes. */
function setLengths(limit: u32, codes: usize): void {
  let leaf: u32 = 0;
  for (let length = limit; length > 0; length--) {
    for (let left = load<u32>(LENGTHS + (length << 2)); left > 0; left--) {
      store<u32>(codes + (leafSymbol(leaf) << 2), length << 16);
      leaf++;
    }
  }
}

/** Codes of one length follow each other in the order of their symbols (RFC 1951, section 3.2.2). */
function setCodes(symbols: u32, limit: u32, codes: usize): void {
  let code: u32 = 0;
  let shorter: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) {
    code = (code + shorter) << 1;
    shorter = load<u32>(LENGTHS + (length << 2));
    store<u32>(NEXT_CODES + (length << 2), code);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = codeLength(codes, symbol);
    if (length > 0) {
      const next = load<u32>(NEXT_CODES + (length << 2));
      store<u32>(NEXT_CODES + (length << 2), next + 1);
      store<u32>(codes + (symbol << 2), reversed(next, length) | (length << 16));
    }
  }
}

function reversed(code: u32, bits: u32): u32 {
  let result: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) {
    result = (result << 1) | ((code >> bit) & 1);
  }
  return result;
}
