import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { REGION, REGISTRY_SECRET, type TargetAccount } from './accounts';
import { type CdkContext, type CdkRun, cdk } from './cdk';
import { type ClientConfig, clientConfig } from './clients';
import { type Deployed, readDeployed } from './outputs';

/** SSM parameter by which the stack is told another address for webhooks than its own output. */
const WEBHOOK_URL_PARAMETER = '/mlflow-mlops/webhook_url';

/** Where and what to deploy. */
export interface Deployment extends CdkContext {
  readonly account: TargetAccount;
  /** MiniStack's URL. */
  readonly endpoint: string;
  readonly say: (line: string) => void;
}

/** Makes the account ready for CDK, with the CLI's own bootstrap template. It needs no synthesized app. */
export async function bootstrap(deployment: Deployment): Promise<void> {
  const { account, paths, say } = deployment;
  // Not in the project, where the CLI would find cdk.json and synthesize the app first.
  const cwd = join(paths.home, 'cdk');
  mkdirSync(cwd, { recursive: true });
  await cdk(deployment, { ...target(deployment), args: ['bootstrap', `aws://${account.id}/${REGION}`], cwd });
  say(`account ${account.id}: bootstrapped`);
}

/**
 * Does what a user does who follows the README: stores the registry's credentials, deploys the root stack with the
 * secret's name, then the application stacks of its stage. Then tells the stack its local address.
 *
 * @param assembly the synthesized app
 */
export async function deployAccount(deployment: Deployment, assembly: string): Promise<Deployed> {
  const { account, endpoint, say } = deployment;
  const config = clientConfig(endpoint, account.id);
  await storeCredentials(config, account);
  const secret = ['--parameters', `SecretName=${REGISTRY_SECRET}`];
  await deploy(deployment, assembly, ['MlflowMlopsStack', ...secret]);
  say(`account ${account.id}: MlflowMlopsStack deployed`);
  // One run of the CLI for both stages, side by side: neither needs the other to be deployed.
  const stages = ['MlflowMlopsStack/ModelRepack/*', 'MlflowMlopsStack/ServiceCatalogProduct/*'];
  await deploy(deployment, assembly, [...stages, '--concurrency', '2']);
  const deployed = await readDeployed(config);
  await announceWebhookUrl(config, deployed.webhookUrl);
  say(`account ${account.id}: ModelRepack and ServiceCatalogProduct deployed`);
  return deployed;
}

function deploy(deployment: Deployment, assembly: string, args: string[]): Promise<void> {
  const quietly = ['--require-approval', 'never', '--no-notices'];
  return cdk(deployment, { ...target(deployment), args: ['deploy', '--app', assembly, ...quietly, ...args] });
}

function target({ account, endpoint }: Deployment): Pick<CdkRun, 'log' | 'target'> {
  return { log: account.name, target: { endpoint, account: account.id } };
}

async function storeCredentials(config: ClientConfig, { registry }: TargetAccount): Promise<void> {
  const secrets = new SecretsManagerClient(config);
  const SecretString = JSON.stringify(registry);
  await secrets.send(new CreateSecretCommand({ Name: REGISTRY_SECRET, SecretString })).finally(() => secrets.destroy());
}

async function announceWebhookUrl(config: ClientConfig, url: string): Promise<void> {
  const ssm = new SSMClient(config);
  const parameter = { Name: WEBHOOK_URL_PARAMETER, Value: url, Type: 'String', Overwrite: true } as const;
  await ssm.send(new PutParameterCommand(parameter)).finally(() => ssm.destroy());
}
