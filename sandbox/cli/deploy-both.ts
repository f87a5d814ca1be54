import { join } from 'node:path';
import { ACCOUNTS, REGION, SECRET_KEY, type TargetAccount, targetAccounts } from '../deploy/accounts';
import type { CdkContext } from '../deploy/cdk';
import { bootstrap, deployAccount } from '../deploy/deploy-account';
import type { Deployed } from '../deploy/outputs';
import { developerToolsEndpoints } from '../ministack/endpoints';
import type { PART_NAMES } from '../processes/sandbox-parts';
import type { SandboxState } from '../processes/state';
import type { SandboxEnv } from './context';

/** What a deployment to both accounts needs. */
export interface BothAccounts extends CdkContext {
  readonly say: (line: string) => void;
  /** What the Databricks front accepts. */
  readonly token: string;
}

/** The environments of both accounts, as their files get them. */
export interface BothEnvironments {
  readonly databricks: SandboxEnv;
  readonly openSource: SandboxEnv;
}

/** Bootstraps both accounts; MiniStack is all that has to run for it. */
export async function bootstrapBoth(options: BothAccounts, ministack: string): Promise<void> {
  // The registries are not needed for it.
  const accounts = targetAccounts({ url: '', token: '' }, '');
  await Promise.all(accounts.map((account) => bootstrap({ ...options, account, endpoint: ministack })));
}

/**
 * Deploys the synthesized app to both accounts at once.
 *
 * @param assembly the synthesized app
 */
export async function deployBoth(options: BothAccounts, assembly: string, urls: ServerUrls): Promise<BothEnvironments> {
  const [databricks, openSource] = targetAccounts({ url: urls.databricks, token: options.token }, urls.mlflow);
  const deploy = (account: TargetAccount): Promise<Deployed> =>
    deployAccount({ ...options, account, endpoint: urls.ministack }, assembly);
  const [inDatabricks, inOpenSource] = await Promise.all([deploy(databricks), deploy(openSource)]);
  const common = {
    MLFLOW_SERVER_URI: urls.mlflow,
    AWS_ENDPOINT_URL: urls.ministack,
    AWS_ENDPOINT_URL_SAGEMAKER: urls.sagemaker,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: urls.sagemaker,
    ...developerToolsEndpoints(urls['developer-tools']),
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    PYTHON: options.python,
  };
  return {
    databricks: {
      MLFLOW_TRACKING_URI: urls.databricks,
      MLFLOW_TRACKING_TOKEN: options.token,
      ...common,
      AWS_ACCESS_KEY_ID: ACCOUNTS.databricks,
      REPOSITORIES: join(options.paths.repositories, ACCOUNTS.databricks),
      ...ofDeployed(inDatabricks),
    },
    openSource: {
      MLFLOW_TRACKING_URI: urls.mlflow,
      ...common,
      AWS_ACCESS_KEY_ID: ACCOUNTS.openSource,
      REPOSITORIES: join(options.paths.repositories, ACCOUNTS.openSource),
      ...ofDeployed(inOpenSource),
    },
  };
}

/** The servers' URLs by their names. */
export type ServerUrls = Readonly<Record<(typeof PART_NAMES)[number], string>>;

/**
 * Where the servers of a sandbox are.
 *
 * @throws Error that names the server that the state does not have
 */
export function serverUrls(state: SandboxState): ServerUrls {
  const url = (name: string): string => {
    const part = state.parts.find((candidate) => candidate.name === name);
    if (!part) {
      throw new Error(`the sandbox has no ${name}`);
    }
    return part.url;
  };
  return {
    ministack: url('ministack'),
    mlflow: url('mlflow'),
    sagemaker: url('sagemaker'),
    'developer-tools': url('developer-tools'),
    databricks: url('databricks'),
  };
}

function ofDeployed(
  deployed: Deployed,
): Pick<SandboxEnv, 'WEBHOOK_URL' | 'WEBHOOK_SECRET' | 'STATE_MACHINE_ARN' | 'ARTIFACT_BUCKET'> {
  return {
    WEBHOOK_URL: deployed.webhookUrl,
    WEBHOOK_SECRET: deployed.webhookSecret,
    STATE_MACHINE_ARN: deployed.stateMachineArn,
    ARTIFACT_BUCKET: deployed.artifactBucket,
  };
}
