import { lackingInSandbox, ServiceError } from '../../aws-json/errors';

/** CodeBuild's name for a request that it understands and refuses. */
export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

/** CodeBuild's words for a project that is not there. */
export function projectNotFound(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Project cannot be found: ${arn}`);
}

/** Something that CodeBuild has and this stand-in does not. */
export function notInCodeBuild(what: string): ServiceError {
  return lackingInSandbox('CodeBuild', what);
}
