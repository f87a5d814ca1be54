import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_KEY } from '../deploy/accounts';
import type { PartSpec } from '../processes/part';
import type { SandboxPaths } from '../processes/paths';
import { developerToolsEndpoints } from './endpoints';

/** What MiniStack is started with. */
export interface MiniStackOptions {
  readonly paths: SandboxPaths;
  readonly python: string;
  /** The environment that every server begins with: MiniStack hands its own on to every Lambda. */
  readonly base: Readonly<Record<string, string>>;
  readonly port: number;
  /** Where SageMaker is, which MiniStack does not have. */
  readonly sagemakerUrl: string;
  /** Where CodeCommit, CodeBuild, CodePipeline and Service Catalog are. */
  readonly developerToolsUrl: string;
}

/** MiniStack: CloudFormation, Lambda, Step Functions, S3 and the rest of AWS, on one port, in memory. */
export function ministackPart({
  paths,
  python,
  base,
  port,
  sagemakerUrl,
  developerToolsUrl,
}: MiniStackOptions): PartSpec {
  const url = `http://127.0.0.1:${port}`;
  const data = join(paths.home, 'ministack');
  mkdirSync(data, { recursive: true });
  return {
    name: 'ministack',
    port,
    url,
    command: [python, join(__dirname, 'launcher.py')],
    cwd: data,
    env: {
      ...base,
      // It checks the signatures of presigned addresses, which MLflow makes of files in S3.
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      // Lambdas run as child processes of the Node in PATH, not in containers.
      LAMBDA_EXECUTOR: 'local',
      // Both would listen on all interfaces.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // Where CloudFormation has their resource types made, and rules their pipelines started.
      SAGEMAKER_URL: sagemakerUrl,
      DEVELOPER_TOOLS_URL: developerToolsUrl,
      // Where Lambdas find them.
      AWS_ENDPOINT_URL_SAGEMAKER: sagemakerUrl,
      ...developerToolsEndpoints(developerToolsUrl),
    },
    listening: new RegExp(`Running on http://127\\.0\\.0\\.1:${port}\\b`),
    health: `${url}/_ministack/health`,
  };
}
