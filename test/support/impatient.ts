import type { HttpLimits } from '../../lambda/shared/registry/http/registry-http';
import { RETRIES } from '../../lambda/shared/registry/read-file';

/** A registry that says "not now" is asked as often as ever, and waited for hardly at all. */
export const IMPATIENT: HttpLimits = { patience: { firstWaitMs: 1 } };

/** The same of a file whose download breaks. */
export const HASTY = { ...RETRIES, firstWaitMs: 1 };
