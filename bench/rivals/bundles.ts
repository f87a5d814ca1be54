import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../lib/node-function';

/** The rivals in Node, bundled as the project's functions are: how they start belongs to what is measured. */
export interface Bundles {
  readonly ours: string;
  readonly plainNode: string;
}

/** Bundles them into a folder, and gives the files. */
export async function bundleRivals(folder: string): Promise<Bundles> {
  const { sourceMap: sourcemap, ...options } = BUNDLING;
  await build({
    ...options,
    mainFields: [...options.mainFields],
    sourcemap,
    entryPoints: ['ours', 'plain-node'].map((name) => join(__dirname, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return { ours: join(folder, 'ours.js'), plainNode: join(folder, 'plain-node.js') };
}
