import { z } from 'zod';
import type { SandboxPaths } from '../processes/paths';
import { readEnvFile } from './env-file';

const sandboxEnv = z.object({
  /** The registry that the account follows. */
  MLFLOW_TRACKING_URI: z.url(),
  /** What the registry wants as a bearer token; the open-source server wants none. */
  MLFLOW_TRACKING_TOKEN: z.string().exactOptional(),
  /** The MLflow server behind it, where models are logged. */
  MLFLOW_SERVER_URI: z.url(),
  AWS_ENDPOINT_URL: z.url(),
  AWS_ENDPOINT_URL_SAGEMAKER: z.url(),
  AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: z.url(),
  AWS_ENDPOINT_URL_CODECOMMIT: z.url(),
  AWS_ENDPOINT_URL_CODEBUILD: z.url(),
  AWS_ENDPOINT_URL_CODEPIPELINE: z.url(),
  AWS_ENDPOINT_URL_SERVICE_CATALOG: z.url(),
  /** The account's id: MiniStack and the stand-ins tell accounts apart by it. */
  AWS_ACCESS_KEY_ID: z.string().regex(/^\d{12}$/),
  AWS_SECRET_ACCESS_KEY: z.string(),
  AWS_REGION: z.string(),
  AWS_DEFAULT_REGION: z.string(),
  WEBHOOK_URL: z.url(),
  WEBHOOK_SECRET: z.string().min(1),
  STATE_MACHINE_ARN: z.string(),
  ARTIFACT_BUCKET: z.string(),
  /** The folder of the account's git repositories. */
  REPOSITORIES: z.string(),
  /** The interpreter with MLflow and the model libraries. */
  PYTHON: z.string(),
});

/** Addresses and credentials of one account of the sandbox, as its environment file has them. */
export type SandboxEnv = z.infer<typeof sandboxEnv>;

/** A sandbox that is up. */
export interface SandboxContext {
  readonly paths: SandboxPaths;
  /** The account whose registry is the Databricks workspace. */
  readonly env: SandboxEnv;
  /** The account whose registry is the open-source MLflow server. */
  readonly openSource: SandboxEnv;
  /** Says a line, with the time since the command began. */
  say(line: string): void;
}

/**
 * The context of the sandbox in a folder, from its environment files.
 *
 * @throws Error that names the file and the variable that is missing or wrong
 */
export function readContext(paths: SandboxPaths, say: (line: string) => void): SandboxContext {
  return { paths, env: readSandboxEnv(paths.env), openSource: readSandboxEnv(paths.openSourceEnv), say };
}

function readSandboxEnv(file: string): SandboxEnv {
  const parsed = sandboxEnv.safeParse(readEnvFile(file));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new Error(`${file} is not the environment of a sandbox: ${wrong}`);
  }
  return parsed.data;
}
