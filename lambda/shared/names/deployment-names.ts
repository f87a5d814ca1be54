import { isGroupName } from './group-name';
import { HASH_LENGTH, shortHash } from './short-hash';

/**
 * How each kind of resource that serves a model is named: what stands before and behind the group's name, and how long the
 * whole may be. Each prefix begins with a letter where its service wants one; group names are of letters in lower case, digits
 * and inner hyphens (group-name.ts), which every service here takes. `sagemaker-` at the front is what SageMaker's Service
 * Catalog roles have rights on (docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-sc.html).
 */
const KINDS = {
  /** CodeCommit, API_CreateRepository: 100 of `[\w.-]`, not ending in `.git`. */
  repository: { prefix: 'sagemaker-mlflow-', suffix: '-deployment', max: 100 },
  /** CodePipeline, API_PipelineDeclaration: 100 of `[A-Za-z0-9.@_-]`. */
  pipeline: { prefix: 'sagemaker-mlflow-', suffix: '-pipeline', max: 100 },
  /** EventBridge, API_PutRule: 64 of `[.\-_A-Za-z0-9]`. */
  rule: { prefix: 'sagemaker-DeployModelRule-', suffix: '', max: 64 },
  /** SageMaker, API_CreateEndpoint: 63 letters, digits and inner hyphens. */
  endpoint: { prefix: '', suffix: '', max: 63 },
  /** SageMaker, API_CreateEndpointConfig: likewise. */
  endpointConfig: { prefix: '', suffix: '', max: 63 },
  /** SageMaker, API_CreateModel: likewise. */
  model: { prefix: '', suffix: '', max: 63 },
  /** CloudFormation, API_CreateStack: 128 letters, digits and hyphens, beginning with a letter. */
  stack: { prefix: 'sagemaker-mlflow-', suffix: 'Stack-ModelDeploy', max: 128 },
} as const;

type Kind = keyof typeof KINDS;

/** No hyphen, so that it is always clear where a group's name ends. */
const ENVIRONMENT = /^[A-Za-z][A-Za-z0-9]{0,19}$/;
const REVISION_LENGTH = 8;

/** The CodeCommit repository of a model's deployment. Every group's name fits as it is. */
export function repositoryName(group: string): string {
  return nameOf('repository', group);
}

/** The pipeline that deploys a model. Every group's name fits as it is. */
export function pipelineName(group: string): string {
  return nameOf('pipeline', group);
}

/** The EventBridge rule that starts a model's pipeline. */
export function ruleName(group: string): string {
  return nameOf('rule', group);
}

/**
 * A model's endpoint in an environment.
 *
 * @param environment letters and digits, at most 20; no two may differ only in case, which endpoint names do not tell apart
 */
export function endpointName(group: string, environment: string): string {
  return nameOf('endpoint', group, `-${checked(environment)}`);
}

/**
 * The configuration of a model's endpoint.
 *
 * @param revision what tells this configuration from the one before it: CloudFormation makes the new one while the old one
 *   is still there, so the two need two names
 */
export function endpointConfigName(group: string, environment: string, revision: string): string {
  return nameOf('endpointConfig', group, `-${checked(environment)}-${hashOf(revision)}`);
}

/** The SageMaker model behind a model's endpoint; `revision` as for {@link endpointConfigName}. */
export function modelResourceName(group: string, environment: string, revision: string): string {
  return nameOf('model', group, `-${checked(environment)}-${hashOf(revision)}`);
}

/** The stack of a model's endpoint in an environment. Every group's name fits as it is. */
export function stackName(group: string, environment: string): string {
  return nameOf('stack', group, `-${checked(environment)}`);
}

/**
 * The group's name between what its kind puts around it. One that does not fit is cut and ends, behind two hyphens, in a
 * hash of the whole; a group's own name that looks like that has a hash of another text, so the two do not meet either.
 */
function nameOf(kind: Kind, group: string, ending = ''): string {
  if (!isGroupName(group)) {
    throw new Error(`"${group}" is not the name of a model package group: pass what groupNameOf returns`);
  }
  const { prefix, suffix, max } = KINDS[kind];
  const room = max - prefix.length - ending.length - suffix.length;
  const cut = group.slice(0, room - '--'.length - HASH_LENGTH).replace(/-+$/, '');
  const fitting = group.length <= room ? group : `${cut}--${shortHash(kind, group)}`;
  return `${prefix}${fitting}${ending}${suffix}`;
}

function checked(environment: string): string {
  if (!ENVIRONMENT.test(environment)) {
    throw new Error(`environment "${environment}": use a letter and up to 19 more letters and digits`);
  }
  return environment;
}

function hashOf(revision: string): string {
  return shortHash('revision', revision).slice(0, REVISION_LENGTH);
}
