import { validationException } from '../aws-json/errors';
import { arnOf, arnOfNameOrArn } from './arn';
import type {
  AccountState,
  StoredEndpoint,
  StoredEndpointConfig,
  StoredGroup,
  StoredModel,
  StoredPackage,
} from './state';

/*
 * Finding a resource or refusing as SageMaker does: a missing group or package "does not exist", a missing model,
 * configuration or endpoint "could not be found", all as ValidationException. ResourceNotFound is for newer resources;
 * the API reference lists it for none of these actions.
 */

/** A group by name or ARN. @throws ServiceError `ValidationException` when there is none */
export function findGroup(state: AccountState, nameOrArn: string): StoredGroup {
  const arn = arnOfNameOrArn(state.caller, 'model-package-group', nameOrArn);
  return found(state.groups.get(arn), `ModelPackageGroup ${arn} does not exist.`);
}

/** A package by ARN. @throws ServiceError `ValidationException` when there is none */
export function findPackage(state: AccountState, nameOrArn: string): StoredPackage {
  const arn = arnOfNameOrArn(state.caller, 'model-package', nameOrArn);
  return found(state.packages.get(arn), `ModelPackage ${arn} does not exist.`);
}

/** A model by name. @throws ServiceError `ValidationException` when there is none */
export function findModel(state: AccountState, name: string): StoredModel {
  return found(state.models.get(name), `Could not find model "${arnOf(state.caller, 'model', name)}".`);
}

/** An endpoint configuration by name. @throws ServiceError `ValidationException` when there is none */
export function findEndpointConfig(state: AccountState, name: string): StoredEndpointConfig {
  const arn = arnOf(state.caller, 'endpoint-config', name);
  return found(state.endpointConfigs.get(name), `Could not find endpoint configuration "${arn}".`);
}

/** An endpoint by name. @throws ServiceError `ValidationException` when there is none */
export function findEndpoint(state: AccountState, name: string): StoredEndpoint {
  return found(state.endpoints.get(name), `Could not find endpoint "${arnOf(state.caller, 'endpoint', name)}".`);
}

/** Refuses a name that is taken, in the words that hosting resources share. */
export function refuseExisting(exists: boolean, kind: string, arn: string): void {
  if (exists) throw validationException(`Cannot create already existing ${kind} "${arn}".`);
}

function found<Resource>(resource: Resource | undefined, message: string): Resource {
  if (resource === undefined) throw validationException(message);
  return resource;
}
