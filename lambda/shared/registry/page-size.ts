import { LateError, TooLargeError } from './http/failure';

/** Items of one page: an answer that takes a second or so and some megabytes. */
const PAGE_SIZE = 1000;
/** By how much a page shrinks whose answer was too large, and grows again. */
const STEP = 4;
/** The same of an answer that was late: each took half a minute of the few that a function has, so that there are three in all. */
const LATE_STEP = 32;

/**
 * How many items of a listing are asked for at once. Whoever may write tags can make a page of any size, which must keep nobody from
 * reading what is beside them: where a page does not come, fewer are asked for, and more again after it.
 */
export class PageSize {
  private size = PAGE_SIZE;

  /**
   * A page of as many items as come.
   *
   * @param read asks for so many items
   * @throws TooLargeError where one item alone is too large, LateError where it does not come in time, and whatever else `read`
   * throws
   */
  async fit<T>(read: (items: string) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const page = await read(String(this.size));
        this.size = Math.min(PAGE_SIZE, this.size * STEP);
        return page;
      } catch (error) {
        if (this.size === 1 || !(error instanceof TooLargeError || error instanceof LateError)) {
          throw error;
        }
        this.size = Math.ceil(this.size / (error instanceof LateError ? LATE_STEP : STEP));
      }
    }
  }
}
