import { createHash } from 'node:crypto';

/** SageMaker gives one package for one token (36 characters at most), so a retry of a step makes no second one. */
export function clientToken(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 36);
}
