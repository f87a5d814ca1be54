/**
 * Works on items, so many at once and no more begun than that, in their order. After the first failure nothing further is
 * begun, and what is under way is waited for.
 *
 * @param items taken one by one as there is room for them, so that they need not all exist at once
 * @throws the first failure
 */
export async function atOnce<T>(count: number, items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failure: { readonly reason: unknown } | undefined;
  const worker = async () => {
    for (let next = queue.next(); !next.done && failure === undefined; next = queue.next()) {
      try {
        await work(next.value);
      } catch (reason) {
        failure ??= { reason };
      }
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  if (failure !== undefined) {
    throw (failure as { readonly reason: unknown }).reason;
  }
}
