import { join } from 'node:path';
import type { Credentials } from '../aws/session';

/** Where a build finds the sandbox's services, and the settings of the machine that it gets. */
export interface BuildHost {
  /** Where MiniStack is. */
  readonly awsEndpoint: string;
  /** Services that stand beside MiniStack: `SAGEMAKER` and its URL. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** A folder that all builds share for npm's packages. */
  readonly npmCache: string;
  /** A folder for what builds have installed, which later builds use again: see bin/npm. */
  readonly npmInstalls: string;
  /** A folder that all builds share for uv's packages. */
  readonly uvCache: string;
  /** Where builds of environment images put them as folders. */
  readonly environmentFolders: string;
  /** Beside what builds bring themselves: see machine.ts. */
  readonly machine: Readonly<Record<string, string>>;
  /** The programs of the machine. */
  readonly path: string;
}

/** What a build knows of itself (docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html). */
export interface BuildFacts {
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly image: string;
  readonly initiator: string;
  readonly project: string;
  readonly started: Date;
  readonly region: string;
  readonly sourceVersion: string | undefined;
  readonly logStream: string;
  readonly encryptionKey: string;
}

/** The folders of a build. */
export interface BuildFolders {
  /** The source, where commands run. */
  readonly source: string;
  readonly home: string;
  readonly temporary: string;
  /** Where `npm install --global` goes, in place of a container's own file system. */
  readonly programs: string;
}

/** The environment that a build begins with, made from nothing: the container that CodeBuild would start. */
export function initialEnvironment(
  host: BuildHost,
  facts: BuildFacts,
  folders: BuildFolders,
  credentials: Credentials,
): Record<string, string> {
  return {
    ...host.machine,
    PATH: `${join(folders.programs, 'bin')}:${host.path}`,
    HOME: folders.home,
    TMPDIR: folders.temporary,
    LANG: 'C.UTF-8',
    CI: 'true',
    ...npmSettings(host, folders),
    UV_CACHE_DIR: host.uvCache,
    ENVIRONMENT_FOLDERS: host.environmentFolders,
    ...awsSettings(host, facts, credentials),
    // The CLI remembers which account an access key is of, in files that must not be another build's.
    CDK_HOME: join(folders.home, '.cdk'),
    CDK_DISABLE_CLI_TELEMETRY: '1',
    ...codeBuildVariables(facts, folders),
  };
}

function npmSettings({ npmCache, npmInstalls }: BuildHost, { programs }: BuildFolders): Record<string, string> {
  return {
    npm_config_prefix: programs,
    npm_config_cache: npmCache,
    SANDBOX_NPM_INSTALLS: npmInstalls,
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  };
}

function awsSettings(host: BuildHost, { region }: BuildFacts, credentials: Credentials): Record<string, string> {
  const endpoints = Object.entries(host.endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url]);
  return {
    AWS_ENDPOINT_URL: host.awsEndpoint,
    ...Object.fromEntries(endpoints),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function codeBuildVariables(facts: BuildFacts, { source }: BuildFolders): Record<string, string> {
  return {
    CODEBUILD_BUILD_ARN: facts.arn,
    CODEBUILD_BUILD_ID: facts.id,
    CODEBUILD_BUILD_IMAGE: facts.image,
    CODEBUILD_BUILD_NUMBER: String(facts.number),
    CODEBUILD_INITIATOR: facts.initiator,
    CODEBUILD_KMS_KEY_ID: facts.encryptionKey,
    CODEBUILD_LOG_PATH: facts.logStream,
    CODEBUILD_PROJECT_NAME: facts.project,
    CODEBUILD_SRC_DIR: source,
    CODEBUILD_START_TIME: String(facts.started.getTime()),
    ...(facts.sourceVersion === undefined
      ? {}
      : { CODEBUILD_RESOLVED_SOURCE_VERSION: facts.sourceVersion, CODEBUILD_SOURCE_VERSION: facts.sourceVersion }),
  };
}
