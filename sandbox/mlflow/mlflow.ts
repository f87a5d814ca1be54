import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS, REGION, SECRET_KEY } from '../deploy/accounts';
import type { PartSpec } from '../processes/part';
import type { SandboxPaths } from '../processes/paths';
import { webhookKey } from './webhook-key';

/** What the MLflow server is started with. */
export interface MlflowOptions {
  readonly paths: SandboxPaths;
  readonly python: string;
  readonly base: Readonly<Record<string, string>>;
  readonly port: number;
  /** Where S3 is, for experiments whose artifacts are there: in buckets of the account that follows this server. */
  readonly s3Url?: string;
  /**
   * Where artifacts are that clients send to the server.
   * @default a folder beside its database
   */
  readonly artifactsDestination?: string;
}

/**
 * A real MLflow server: sqlite and artifacts in the sandbox's folder, artifacts served through it, without authentication.
 * It answers only requests that name this machine as their Host, which is MLflow's default.
 */
export function mlflowPart({ paths, python, base, port, s3Url, artifactsDestination }: MlflowOptions): PartSpec {
  const data = join(paths.home, 'mlflow');
  mkdirSync(data, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const options = {
    '--host': '127.0.0.1',
    '--port': String(port),
    // Relative to the working directory, so that no folder's name has to be escaped in a URI.
    '--backend-store-uri': 'sqlite:///mlflow.db',
    '--artifacts-destination': artifactsDestination ?? './artifacts',
    // One worker needs 0.4 GB, the default of four 2.4 GB.
    '--workers': '1',
  };
  return {
    name: 'mlflow',
    port,
    url,
    command: [python, '-m', 'mlflow', 'server', '--serve-artifacts', ...Object.entries(options).flat()],
    cwd: data,
    env: {
      ...base,
      ...(s3Url === undefined ? {} : s3Environment(s3Url)),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      // The receiver of webhooks is on this machine.
      MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
      MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
      MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: webhookKey(join(data, 'webhook.key')),
      // Seconds for which a new webhook may go unnoticed; 60 by default.
      MLFLOW_WEBHOOK_CACHE_TTL: '1',
    },
    listening: new RegExp(`Uvicorn running on http://127\\.0\\.0\\.1:${port}\\b`),
    health: `${url}/health`,
  };
}

/** What MLflow, server or client, needs to reach artifacts in S3. */
export function s3Environment(s3Url: string): Record<string, string> {
  return {
    MLFLOW_S3_ENDPOINT_URL: s3Url,
    AWS_ACCESS_KEY_ID: ACCOUNTS.openSource,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_DEFAULT_REGION: REGION,
  };
}
