import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../lib/node-function';
import { PROJECT } from '../../lib/project';

/** A Lambda's bundle, as it is deployed. */
export interface Bundle {
  readonly step: string;
  readonly file: string;
  readonly bytes: number;
}

/** Names of the folders below `lambda/` that hold a handler. */
export function steps(): string[] {
  const lambda = join(PROJECT, 'lambda');
  return readdirSync(lambda).filter((step) => existsSync(join(lambda, step, 'handler.ts')));
}

/** Bundles a step's handler with the options that the stacks deploy it with. */
export async function bundle(step: string, folder: string): Promise<Bundle> {
  const { sourceMap: sourcemap, sourcesContent, ...options } = BUNDLING;
  const file = join(folder, step, 'index.js');
  const { metafile } = await build({
    ...options,
    mainFields: [...options.mainFields],
    sourcemap,
    sourcesContent,
    entryPoints: [join(PROJECT, 'lambda', step, 'handler.ts')],
    bundle: true,
    platform: 'node',
    outfile: file,
    metafile: true,
    logLevel: 'error',
  });
  const [, output] = Object.entries(metafile.outputs).find(([name]) => name.endsWith('.js')) ?? [];
  return { step, file, bytes: output?.bytes ?? 0 };
}
