/** What a command has to work with. */
export interface CommandContext {
  /** Takes what the command prints. */
  readonly out: (text: string) => void;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** One word of the command line. */
export interface Command {
  readonly summary: string;
  readonly help: string;
  /** @returns the exit code */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** The arguments mean nothing to the command. Its message names what there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError when there are arguments: the command takes none */
export function refuseArguments(command: string, args: readonly string[]): void {
  if (args.length > 0) {
    throw new UsageError(`${command} takes no arguments, but got: ${args.join(' ')}`);
  }
}
