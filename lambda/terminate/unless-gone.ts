/**
 * Does something with a thing that may be gone, or be in that state already.
 *
 * @param names of the errors that say so
 * @param otherwise the result then
 */
export async function unlessGone<T>(names: readonly string[], otherwise: T, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) {
      return otherwise;
    }
    throw error;
  }
}
