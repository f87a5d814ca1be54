/** One table: the partition says what an item is, the sort key which model, or version of the webhook's secret, it concerns. */
export const ENROLMENT = 'ENROLMENT';
export const CLAIM = 'CLAIM';
export const DEPLOYMENT = 'DEPLOYMENT';
export const VERIFIED = 'VERIFIED';
export const SECRET_USE = 'SECRET_USE';
