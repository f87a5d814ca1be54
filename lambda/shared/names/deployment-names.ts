import { isGroupName } from './group-name';
import { HASH_LENGTH, shortHash } from './short-hash';

/**
 * How what each model has of its own is named: what stands before and behind the group's name, and how long the whole may be.
 * (Endpoints and their stacks are named by the model's own application, in product-template.)
 *
 * Each prefix begins with a letter where its service wants one; group names are of letters in lower case, digits and inner
 * hyphens (group-name.ts), which every service here takes. `sagemaker-` at the front is what SageMaker's Service Catalog roles
 * have rights on (docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-sc.html).
 */
const KINDS = {
  /** CodeCommit, API_CreateRepository: 100 of `[\w.-]`, not ending in `.git`. */
  repository: { prefix: 'sagemaker-mlflow-', suffix: '-deployment', max: 100 },
  /** CodePipeline, API_PipelineDeclaration: 100 of `[A-Za-z0-9.@_-]`. */
  pipeline: { prefix: 'sagemaker-mlflow-', suffix: '-pipeline', max: 100 },
  /** EventBridge, API_PutRule: 64 of `[.\-_A-Za-z0-9]`. */
  rule: { prefix: 'sagemaker-DeployModelRule-', suffix: '', max: 64 },
} as const;

type Kind = keyof typeof KINDS;

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
 * The group's name between what its kind puts around it. One that does not fit is cut and ends, behind two hyphens, in a
 * hash of the whole; a group's own name that looks like that has a hash of another text, so the two do not meet either.
 */
function nameOf(kind: Kind, group: string): string {
  if (!isGroupName(group)) {
    throw new Error(`"${group}" is not the name of a model package group: pass what groupNameOf returns`);
  }
  const { prefix, suffix, max } = KINDS[kind];
  // Stryker disable next-line ArithmeticOperator: only a rule's name is ever cut, and its suffix is empty
  const room = max - prefix.length - suffix.length;
  const cut = group.slice(0, room - '--'.length - HASH_LENGTH).replace(/-+$/, '');
  const fitting = group.length <= room ? group : `${cut}--${shortHash(kind, group)}`;
  return `${prefix}${fitting}${suffix}`;
}
