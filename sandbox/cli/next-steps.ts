import { relative } from 'node:path';
import type { SandboxPaths } from '../processes/paths';

/** Three commands to try in a sandbox that is up, as a text that ends with a line break. */
export function nextSteps({ env }: Pick<SandboxPaths, 'env'>): string {
  const file = relative(process.cwd(), env) || env;
  return `What to try next:
  set -a; . ${file.startsWith('..') ? env : file}; set +a              # your own mlflow and boto3 code now talks to the sandbox ($PYTHON has both)
  npm run sandbox -- provision my-model       # a deployment pipeline for a model of any name
  npm run sandbox -- down                     # end everything
`;
}
