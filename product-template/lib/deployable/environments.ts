/** The environments that a version can be promoted into, in the order in which they are deployed. */
export const ENVIRONMENTS = ['Staging', 'Production'] as const;

/** The name of an environment, as packages, stacks and `inference.yaml` call it. */
export type Environment = (typeof ENVIRONMENTS)[number];
