/**
 * An error as AWS answers it: a code, a message, an HTTP status, and the members that the code's shape adds.
 * Thrown by actions, translated to the wire by the server; anything else that is thrown is a bug and answers 500.
 */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** What a service answers to a request that it understands but refuses. */
export function validationException(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** What the protocol layer answers to a body whose types are not those of the model. */
export function serializationException(message: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

/**
 * Something that AWS accepts and a stand-in does not have: said plainly, so that nobody takes it for AWS's refusal.
 *
 * @param service AWS's name of the service, as `SageMaker`
 */
export function lackingInSandbox(service: string, what: string): ServiceError {
  return new ServiceError('UnknownOperationException', `The sandbox's ${service} does not have ${what}.`, 501);
}

/** The reason inside an unknown thrown value, for logs and failure reasons. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
