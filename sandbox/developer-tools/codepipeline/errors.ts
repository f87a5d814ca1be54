import type { Caller } from '../../aws-json/caller';
import { lackingInSandbox, ServiceError } from '../../aws-json/errors';

/** CodePipeline's words for a pipeline that is not there. */
export function pipelineNotFound({ account }: Caller, name: string): ServiceError {
  return new ServiceError(
    'PipelineNotFoundException',
    `Account '${account}' does not have a pipeline with name '${name}'`,
  );
}

/** CodePipeline's words for a name that is taken. */
export function pipelineNameInUse({ account }: Caller, name: string): ServiceError {
  const message = `A pipeline with the name '${name}' already exists in account '${account}'`;
  return new ServiceError('PipelineNameInUseException', message);
}

/** A definition whose stages do not make a pipeline. */
export function invalidStructure(message: string): ServiceError {
  return new ServiceError('InvalidStructureException', message);
}

/** A definition with an action that cannot be run. */
export function invalidAction(message: string): ServiceError {
  return new ServiceError('InvalidActionDeclarationException', message);
}

/** Something that CodePipeline has and this stand-in does not. */
export function notInCodePipeline(what: string): ServiceError {
  return lackingInSandbox('CodePipeline', what);
}

/** Whether a member of a request says anything. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
