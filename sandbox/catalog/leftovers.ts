import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { SandboxEnv } from '../cli/context';
import { awsOf } from '../demo/aws';
import { endpointsOf } from '../demo/endpoint';
import { listPackages } from '../demo/packages';
import { namesOf } from './provisioned';

/**
 * What is there of a model whose product was terminated: a line for each thing.
 *
 * @param productId the identifier that the provisioned product had
 */
export async function whatStays(env: SandboxEnv, modelName: string, productId: string): Promise<string[]> {
  const { groupName, repositoryName } = namesOf(modelName);
  const aws = awsOf(env);
  const packages = await listPackages(aws, groupName);
  return [
    ...repositories(env, repositoryName, groupName).map((folder) => `git repository ${folder}`),
    ...(await bucketsOf(env, productId)).map((name) => `bucket ${name} of the pipeline's artifacts`),
    ...(await endpointsOf(aws, groupName)).map((name) => `endpoint ${name}`),
    ...(packages.length > 0 ? [`${packages.length} packages in the model package group ${groupName}`] : []),
  ];
}

/** The repository as it is called now: the name it had is free again. */
function repositories({ REPOSITORIES: folder }: SandboxEnv, name: string, group: string): string[] {
  const all = existsSync(folder) ? readdirSync(folder) : [];
  const old = `${name.slice(0, name.indexOf(group) + group.length)}-old-`;
  return all.filter((entry) => entry.startsWith(old) || entry === `${name}.git`).map((entry) => join(folder, entry));
}

/** CloudFormation calls a bucket after its stack, in lower case. */
async function bucketsOf(env: SandboxEnv, productId: string): Promise<string[]> {
  const { Buckets = [] } = await awsOf(env).s3.send(new ListBucketsCommand({}));
  const start = `sc-${env.AWS_ACCESS_KEY_ID}-${productId}-`;
  return Buckets.map(({ Name = '' }) => Name).filter((name) => name.startsWith(start));
}
