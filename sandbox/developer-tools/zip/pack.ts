import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file for an archive, and its path there. */
export interface PackedFile {
  readonly file: string;
  readonly name: string;
}

/** Writes files into a ZIP archive, with their permissions. What a symbolic link points to is packed in its place. */
export async function pack(files: readonly PackedFile[], archive: string): Promise<void> {
  const zip = new ZipFile();
  const written = finished(zip.outputStream.pipe(createWriteStream(archive)));
  // A file that cannot be read is told by the archive, not by its output.
  const failed = new Promise<never>((_resolve, reject) => zip.once('error', reject));
  for (const { file, name } of files) zip.addFile(file, name, { mode: (await stat(file)).mode });
  zip.end();
  await Promise.race([written, failed]);
}
