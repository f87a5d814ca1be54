import { realEffects } from '../enrolment/effects';
import { completePending } from '../enrolment/enrol';
import { step } from '../shared/step';

/** Runs every minute, for enrolments that wait for their models to be made in the registry. */
export const handler = step<{ id?: string }, { pending: number }>(
  ({ id }) => completePending(realEffects(id ?? '')),
  () => ({ request: 'pending enrolments' }),
);
