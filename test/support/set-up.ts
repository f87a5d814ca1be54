import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** How the folder is called that a run of tests has its temporary files in: short, because sockets lie below it. */
const PREFIX = `test-${process.pid}-`;

/** Before the tests of any project. */
export default function setUp(): void {
  // The SDK's note on Node 20's age would stand between the results of every file.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // The CDK checks each template against CloudFormation's schemas, which takes longer than to synthesize it, and only warns.
  process.env.CDK_VALIDATION ??= 'false';
  // CDK leaves a folder behind for each app that is synthesized, and tests make hundreds: they go with the run.
  if (!isOwn(tmpdir())) {
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), PREFIX));
  }
}

/** Whether a folder was made by this process for its tests. */
export function isOwn(folder: string): boolean {
  return basename(folder).startsWith(PREFIX);
}

/** Whether a folder was made for a run of tests, by whichever process: workers are not the one that makes it. */
export function isOfRun(folder: string): boolean {
  return /^test-\d+-/.test(basename(folder));
}
