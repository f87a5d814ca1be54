import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Memory at which a Lambda has one CPU (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
export const ONE_CPU_MB = 1769;
/** Time over which Linux counts a group's share of the CPU, in microseconds. */
const PERIOD_US = 20_000;
const ROOT = '/sys/fs/cgroup';

/** A control group whose processes get a share of one CPU, as a Lambda's do. */
export interface CpuShare {
  /** A file: a process that writes its id into it belongs to the group from then on. */
  readonly members: string;
  readonly remove: () => void;
}

/**
 * Makes a control group for a Lambda's share of the CPU. At its start AWS gives a function more than its share, in what
 * measure it does not promise; here it has its share from the first moment, so these figures are on the safe side.
 *
 * @param memoryMb the Lambda's memory
 * @returns undefined where this machine lets nobody make such groups
 */
export function makeCpuShare(memoryMb: number): CpuShare | undefined {
  const quota = Math.round((PERIOD_US * memoryMb) / ONE_CPU_MB);
  const second = existsSync(join(ROOT, 'cgroup.controllers'));
  const group = join(ROOT, second ? '' : 'cpu', `mlflow-mlops-bench-${process.pid}-${memoryMb}`);
  try {
    mkdirSync(group);
    if (second) {
      writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_US}`);
    } else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
    }
  } catch {
    if (existsSync(group)) {
      rmdirSync(group);
    }
    return undefined;
  }
  return { members: join(group, 'cgroup.procs'), remove: () => rmdirSync(group) };
}
