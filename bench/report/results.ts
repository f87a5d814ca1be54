import { z } from 'zod';

const Measured = z.object({
  /** The day, as 2026-01-31. */
  date: z.string(),
  machine: z.object({
    processor: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    system: z.string(),
    node: z.string(),
  }),
});

const Summary = z.object({
  scenario: z.string(),
  rival: z.string(),
  kind: z.enum(['ours', 'sample', 'plain-node', 'reference']),
  runs: z.number(),
  seconds: z.object({ min: z.number(), median: z.number() }),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  archiveBytes: z.number(),
  ratio: z.number(),
});

const Figure = z.object({ what: z.string(), value: z.string() });

/** The benchmark's results. Parts may come from different days. */
export const Results = z.object({
  transfers: Measured.extend({
    dataSets: z.array(z.object({ name: z.string(), bytes: z.number(), files: z.number() })),
    summaries: z.array(Summary),
    verdicts: z.array(z.object({ target: z.string(), measured: z.string(), reached: z.boolean() })),
    missing: z.array(z.object({ rival: z.string(), program: z.string() })),
  }).exactOptional(),
  registries: Measured.extend({ figures: z.array(Figure) }).exactOptional(),
  sandbox: Measured.extend({ figures: z.array(Figure) }).exactOptional(),
});

export type Results = z.infer<typeof Results>;
export type TransferResults = NonNullable<Results['transfers']>;

/** One measured value as text. */
export type Figure = z.infer<typeof Figure>;
