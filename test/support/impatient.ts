import type { HttpLimits } from '../../lambda/shared/registry/http/registry-http';

/** A registry that says "not now" is asked as often as ever, and waited for hardly at all. */
export const IMPATIENT: HttpLimits = { patience: { firstWaitMs: 1 } };
