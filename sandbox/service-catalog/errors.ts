import { ServiceError } from '../aws-json/errors';

export function invalidParameters(message: string): ServiceError {
  return new ServiceError('InvalidParametersException', message, 400, { Message: message });
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, 400, { Message: message });
}

export function inUse(message: string): ServiceError {
  return new ServiceError('ResourceInUseException', message, 400, { Message: message });
}

export function duplicate(message: string): ServiceError {
  return new ServiceError('DuplicateResourceException', message, 400, { Message: message });
}

export function invalidState(message: string): ServiceError {
  return new ServiceError('InvalidStateException', message, 400, { Message: message });
}
