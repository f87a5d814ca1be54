import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeWorkspace } from '../../../../sandbox/developer-tools/codebuild/workspace';

test('a build works in the folder for temporary files, and where that is too deep for sockets, in the machine’s', async () => {
  const near = mkdtempSync(join('/tmp', 'near-'));
  const made = [await makeWorkspace(near), await makeWorkspace(join(near, 'x'.repeat(60)))];
  expect(made[0]).toMatch(new RegExp(`^${near}/build-`));
  expect(made[1]).toMatch(/^\/tmp\/build-/);
  for (const folder of [...made, near]) {
    rmSync(folder, { recursive: true });
  }
});
