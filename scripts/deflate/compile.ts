import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(__dirname, '../..');
const SOURCE = 'lambda/create/archive/gzip/assembly/index.ts';
/** Where the compiled module is kept, below the project. */
export const MODULE_FILE = 'lambda/create/archive/gzip/deflate-module.ts';

/** It manages its memory by itself, 60 pages of 64 KiB that never grow. */
const OPTIONS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub'],
  ...['--initialMemory', '60', '--maximumMemory', '60'],
];

/** Compiles the compressor from AssemblyScript to WebAssembly. */
export async function compileDeflate(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'deflate-'));
  try {
    const binary = join(folder, 'deflate.wasm');
    const compiler = join(PROJECT, 'node_modules/assemblyscript/bin/asc.js');
    await promisify(execFile)(process.execPath, [compiler, SOURCE, ...OPTIONS, '--outFile', binary], { cwd: PROJECT });
    return await readFile(binary);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The module as TypeScript: so it is bundled like any other code, and no file has to be found beside it. */
export function moduleText(binary: Buffer): string {
  const lines = binary.toString('base64').match(/.{1,110}/g) ?? [];
  return `// Made by \`npm run build-deflate\` from assembly/.
/** The compressor of assembly/ as WebAssembly, in base64. */
export const DEFLATE_MODULE = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}
