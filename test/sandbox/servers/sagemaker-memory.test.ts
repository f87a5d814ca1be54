import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { notEnforced } from '../../../sandbox/sagemaker/endpoints/confinement';
import { requirePython } from './sagemaker/stage';

const SANDBOX = join(__dirname, '..', '..', '..', 'sandbox', 'sagemaker');

/** Groups of processes that were killed: one with the number of this process, one whose number no process can have. */
const PROGRAM = `
import os, subprocess, sys
from worker import memory
parent = memory.V2 if (memory.V2 / "cgroup.controllers").exists() else memory.V1
left = [parent / f"{memory.PREFIX}{number}" for number in (os.getpid(), 4194305)]
for group in left:
    group.mkdir(exist_ok=True)
with memory.limited(64) as enter:
    greedy = subprocess.run([sys.executable, "-c", "b'x' * (256 * 1024 * 1024)"], preexec_fn=enter)
    print(greedy.returncode, memory.exceeded(enter))
print([group.name for group in left if group.exists()])
`;

test('a limit of memory holds, also where a killed worker left its control group', async () => {
  if ((await notEnforced()) !== undefined) {
    console.warn('This machine cannot limit memory: nothing is tested of that.');
    return;
  }
  const { stdout } = await promisify(execFile)(requirePython(), ['-c', PROGRAM], { cwd: SANDBOX });
  expect(stdout).toBe('-9 True\n[]\n');
});
