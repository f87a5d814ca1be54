import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A ZIP archive of text files, or of [text, mode]. */
export async function zipOf(files: Readonly<Record<string, string | readonly [string, number]>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    const [text, mode] = typeof content === 'string' ? [content, 0o644] : content;
    zip.addBuffer(Buffer.from(text), name, { mode: 0o100000 | mode });
  }
  zip.end();
  return buffer(zip.outputStream);
}
