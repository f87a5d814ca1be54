/** What one run of a rival cost. */
export interface Cost {
  /** From the start of its process to its end. */
  readonly seconds: number;
  /** Of all its processes, in user and kernel mode. */
  readonly cpuSeconds: number;
  /** Of its largest process. */
  readonly memoryBytes: number;
  /** What lay in its folder when it was done. */
  readonly diskBytes: number;
}

/** A run whose archive was extracted and found right. */
export interface Run extends Cost {
  readonly scenario: string;
  readonly rival: string;
  readonly archiveBytes: number;
}
