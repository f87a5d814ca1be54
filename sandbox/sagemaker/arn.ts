import type { Caller } from '../aws-json/caller';
import { validationException } from '../aws-json/errors';

/** The resource types that this stand-in keeps, as they stand in ARNs. */
export type ResourceType = 'model-package-group' | 'model-package' | 'model' | 'endpoint-config' | 'endpoint';

/** The ARN of a resource of the caller's. */
export function arnOf(caller: Caller, type: ResourceType, name: string): string {
  return `arn:aws:sagemaker:${caller.region}:${caller.account}:${type}/${name}`;
}

/**
 * Takes a name or an ARN, as SageMaker does for groups and packages, and answers the ARN. An ARN of another account, region
 * or type is returned as it is: nothing will be found under it.
 *
 * @throws ServiceError `ValidationException` for `group/3` without the rest of its ARN: a version is only named by its ARN
 */
export function arnOfNameOrArn(caller: Caller, type: ResourceType, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  if (nameOrArn.includes('/')) {
    throw validationException(`A versioned model package is named by its ARN only, not by '${nameOrArn}'.`);
  }
  return arnOf(caller, type, nameOrArn);
}

/** What an ARN is of, or undefined when it is not of a resource that this stand-in keeps. */
export function resourceOf(arn: string): { readonly type: string; readonly name: string } | undefined {
  const [, type, name] = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:([a-z-]+)\/(.+)$/.exec(arn) ?? [];
  return type === undefined || name === undefined ? undefined : { type, name };
}
