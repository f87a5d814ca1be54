import { join, resolve } from 'node:path';
import { PROJECT } from '../sandbox/processes/paths';

/** Where the benchmark keeps what it makes for itself: data sets, bundles, certificates. Nothing of it is committed. */
export interface BenchHome {
  readonly data: string;
  readonly bundles: string;
  readonly certificates: string;
  readonly work: string;
  readonly logs: string;
  /** The folder of the sandbox that the benchmark starts. */
  readonly sandbox: string;
}

/** @param home the folder, by default BENCH_HOME or `.bench` in the project */
export function benchHome(home: string = process.env.BENCH_HOME || join(PROJECT, '.bench')): BenchHome {
  const folder = resolve(home);
  return {
    data: join(folder, 'data'),
    bundles: join(folder, 'bundles'),
    certificates: join(folder, 'certificates'),
    work: join(folder, 'work'),
    logs: join(folder, 'logs'),
    sandbox: join(folder, 'sandbox'),
  };
}
