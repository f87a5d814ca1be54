/**
 * Lets what runs at once take turns in an order that a seed decides: each call to the outside waits until it is its turn, so that
 * any interleaving of executions can be had, and had again.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Waits for the caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives turns until nobody waits any more, or as many as were asked for. */
  async give(turns = Number.POSITIVE_INFINITY): Promise<void> {
    await rest();
    for (let given = 0; given < turns && this.waiting.length > 0; given++) {
      const [next] = this.waiting.splice(this.random(this.waiting.length), 1);
      next?.();
      await rest();
    }
  }

  /** A number below `below` (mulberry32). */
  random(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }
}

/** Until everything that goes on without a turn has gone on. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
