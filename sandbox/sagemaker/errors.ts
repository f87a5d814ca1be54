import { lackingInSandbox, ServiceError } from '../aws-json/errors';

/** The runtime's name for a refused request; the control API calls the same thing `ValidationException`. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** Something that SageMaker accepts and this stand-in does not have. */
export function notInSandbox(what: string): ServiceError {
  return lackingInSandbox('SageMaker', what);
}
