import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import type { CloudFormationProductVersion } from 'aws-cdk-lib/aws-servicecatalog';
import { PROJECT } from '../project';
import { productVersion } from './product-version';

/** What the version of the working tree is called. */
export const UNRELEASED = 'Unreleased';

/** The working tree as a version of the product. Its archive is made by a process of its own: synthesis does not wait. */
export function unreleasedVersion(stack: Stack, work: string): CloudFormationProductVersion {
  const folder = join(work, 'unreleased');
  const script = join(PROJECT, 'scripts', 'product-snapshot.ts');
  execFileSync(process.execPath, [require.resolve('tsx/cli'), script, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return productVersion(stack, UNRELEASED, folder, work);
}
