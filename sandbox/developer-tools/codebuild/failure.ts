/** A phase that failed otherwise than by a command, with CodeBuild's code for it. */
export class PhaseFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
