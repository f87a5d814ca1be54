import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { PRODUCT_TEMPLATE, PROJECT } from '../project';

/** What tools put into the folder and what each repository makes for itself. */
const LEFT_OUT = new Set(['node_modules', 'cdk.out', 'model-packages.json', '.DS_Store']);
/** Zip has no time zone and begins in 1980: one fixed time makes equal content equal bytes. */
const MTIME = new Date(1980, 0, 1);
const MODE = 0o100644;

/** The files that a model's repository begins with: `product-template`, and the project's `inference.yaml` at its root. */
export function seedFiles(): Map<string, string> {
  const files = new Map(
    filesBelow(PRODUCT_TEMPLATE).map((path) => [relative(PRODUCT_TEMPLATE, path).split(sep).join('/'), path]),
  );
  files.set('inference.yaml', join(PROJECT, 'inference.yaml'));
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The seed as a zip archive, byte for byte the same for the same files. */
export async function seedArchive(): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, path] of seedFiles()) {
    zip.addBuffer(readFileSync(path), name, { mtime: MTIME, mode: MODE });
  }
  zip.end();
  return buffer(zip.outputStream);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !LEFT_OUT.has(name))
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
