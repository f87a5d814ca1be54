import { createHash } from 'node:crypto';

const BITS = 256;

/** A {@link MultisetDigest} as it can be put away and taken up again. */
export interface MultisetState {
  /** Hexadecimal. */
  readonly sum: string;
  readonly count: number;
}

/**
 * A digest of texts that come in any order and one at a time: the sum of their SHA-256 (AdHash, Bellare and Micciancio 1997).
 * So pages can be folded as they come, by any number of readers, and whatever order a registry's database has.
 */
export class MultisetDigest {
  private sum: bigint;
  private count: number;

  constructor(state: MultisetState = { sum: '0', count: 0 }) {
    this.sum = BigInt(`0x${state.sum}`);
    this.count = state.count;
  }

  add(text: string): void {
    const hash = createHash('sha256').update(text, 'utf8').digest('hex');
    this.sum = BigInt.asUintN(BITS, this.sum + BigInt(`0x${hash}`));
    this.count += 1;
  }

  /** How many texts there were. */
  get size(): number {
    return this.count;
  }

  get state(): MultisetState {
    return { sum: this.sum.toString(16), count: this.count };
  }
}
