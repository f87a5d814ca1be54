import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxContext } from '../../sandbox/cli/context';
import { mlflowPart } from '../../sandbox/mlflow/mlflow';
import { baseEnvironment } from '../../sandbox/processes/base-environment';
import { Part } from '../../sandbox/processes/part';
import { sandboxPaths } from '../../sandbox/processes/paths';
import { freePorts } from '../../sandbox/processes/ports';

/**
 * A further MLflow server beside a sandbox, which keeps the artifacts that clients send to it in the sandbox's S3.
 *
 * @param artifactsDestination URI of a folder there
 * @returns the running server; the caller stops it
 */
export async function startS3Mlflow({ openSource }: SandboxContext, artifactsDestination: string): Promise<Part> {
  const paths = sandboxPaths(join(mkdtempSync(join(tmpdir(), 'mlflow')), 'home'));
  const [port = 0] = await freePorts(1);
  const part = new Part(
    mlflowPart({
      paths,
      python: openSource.PYTHON,
      base: baseEnvironment(paths, openSource.PYTHON),
      port,
      s3Url: openSource.AWS_ENDPOINT_URL,
      artifactsDestination,
    }),
    openSource.PYTHON,
    paths.logs,
    () => undefined,
  );
  if (!(await part.serves(120_000))) {
    throw new Error(`the MLflow server beside the sandbox did not start, see ${paths.logs}`);
  }
  return part;
}
