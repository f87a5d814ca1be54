import { createHash } from 'node:crypto';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Whether what was verified about a model still counts.
 *
 * Once a day everything of a model is looked at again: metadata that people changed by hand show in no listing, and the warning
 * of an image's end of patch depends on the date. Each model has its own moment of the day, so that of ten thousand models that
 * were made in one hour some four hundred come due in any hour.
 *
 * @param verifiedAt milliseconds since the epoch
 * @param now milliseconds since the epoch
 */
export function isFresh(modelName: string, verifiedAt: number, now: number): boolean {
  return verifiedAt >= lastLook(modelName, now) && verifiedAt <= now;
}

/** The last time that the model's moment of the day came, in milliseconds since the epoch; at most a day ago. */
function lastLook(modelName: string, now: number): number {
  const hash = createHash('sha256').update(modelName, 'utf8').digest().readUInt32BE(0);
  return now - ((now - (hash % DAY_MS)) % DAY_MS);
}
