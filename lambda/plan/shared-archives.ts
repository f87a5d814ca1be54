import type { CreateAction } from '../shared/contracts';

/**
 * Sets apart the creations whose archive another one of them makes: done after those they find it made, where at the same time both
 * would pack it.
 *
 * @param contentKeys digest of the archive's content by version, as far as it is known
 */
export function shareArchives(
  creations: readonly CreateAction[],
  contentKeys: ReadonlyMap<string, string>,
): { create: CreateAction[]; createAfter: CreateAction[] } {
  const create: CreateAction[] = [];
  const createAfter: CreateAction[] = [];
  const seen = new Set<string | undefined>();
  for (const creation of creations) {
    const key = contentKeys.get(creation.version);
    (seen.has(key) ? createAfter : create).push(creation);
    if (key !== undefined) {
      seen.add(key);
    }
  }
  return { create, createAfter };
}
