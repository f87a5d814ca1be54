import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({
  bytes: z.number(),
  files: z.array(z.object({ path: z.string(), size: z.number(), sha256: z.string() })),
});

/** What a data set holds: every file with its size in bytes and its SHA-256. */
export type Manifest = z.infer<typeof Manifest>;

/** The manifest that `generate.py` wrote into a data set's folder. */
export function readManifest(folder: string): Manifest {
  return Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
}
