/**
 * Hands a secret on, and does so again until it still is the newest one afterwards. A rotation that began after the secret was
 * read, and gave the registry its own before this one came there, would otherwise leave the registry with the older one for good.
 *
 * @param newest the secret that should be handed on now
 */
export async function withNewest<T>(newest: () => Promise<string>, handOn: (secret: string) => Promise<T>): Promise<T> {
  let secret = await newest();
  for (;;) {
    const result = await handOn(secret);
    const afterwards = await newest();
    if (afterwards === secret) {
      return result;
    }
    secret = afterwards;
  }
}
