import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { isOwn } from './set-up';

/** After the tests of any project. */
export default function tearDown(): void {
  const folder = tmpdir();
  if (!isOwn(folder)) {
    return;
  }
  // Where this process runs tests again, they get another one.
  process.env.TMPDIR = dirname(folder);
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The sandbox ends with this process, and may write a last file until then.
  }
}
