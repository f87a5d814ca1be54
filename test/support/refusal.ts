/** The words by which something is refused: fit for logs, states and people, and soon. */
export async function refusal(looking: Promise<unknown>, withinMs = 5_000): Promise<string> {
  const begun = performance.now();
  const error = await looking.then(
    () => new Error('it was taken'),
    (reason: Error) => reason,
  );
  expect(error.message.slice(0, 300)).not.toBe('it was taken');
  expect({ name: error.name, message: error.message.slice(0, 300) }).toMatchObject({ name: 'RefusedError' });
  expect(error.message.length).toBeLessThanOrEqual(2_003);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no message may have.
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
  expect(performance.now() - begun).toBeLessThan(withinMs);
  return error.message;
}
