/** One table: the partition says what an item is, the sort key which model it concerns; of an environment, its digest. */
export const ENROLMENT = 'ENROLMENT';
export const CLAIM = 'CLAIM';
export const DEPLOYMENT = 'DEPLOYMENT';
export const VERIFIED = 'VERIFIED';
export const ENVIRONMENT = 'ENVIRONMENT';
