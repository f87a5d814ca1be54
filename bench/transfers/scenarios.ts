/** A data set, and the conditions under which the methods move it. */
export interface Scenario {
  readonly name: string;
  readonly dataSet: 'weights' | 'pickles' | 'small-files';
  /** Before each response of the source. @default 0 */
  readonly latencyMs?: number;
  /** Whether the method has the network and the CPU of the function `create`. @default false */
  readonly asInLambda?: boolean;
}

/**
 * Bytes per second in each direction: 600 Mbit/s. Downloads and uploads have a limit each, as on EC2. One common limit would
 * leave the CPU idle for longer, so this one shows differences of compressors more clearly.
 */
export const LAMBDA_BYTES_PER_SECOND = 75_000_000;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'weights', dataSet: 'weights' },
  { name: 'pickles', dataSet: 'pickles' },
  { name: 'small files', dataSet: 'small-files' },
  { name: 'small files at 10 ms', dataSet: 'small-files', latencyMs: 10 },
  { name: 'weights as in Lambda', dataSet: 'weights', asInLambda: true },
  { name: 'pickles as in Lambda', dataSet: 'pickles', asInLambda: true },
];
