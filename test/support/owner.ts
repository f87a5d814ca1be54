/** The mark of an installation that is deployed as the project names its stacks. */
export const OWNER = 'ModelRepack-ModelSyncStack';
