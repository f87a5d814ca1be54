import { UsageError } from './command';
import { runToExit } from './run-to-exit';

/** A command without words, that has options only. */
export interface Tool<Options extends { readonly help: boolean }> {
  /** @throws UsageError that names the argument and what there is */
  readonly readOptions: (args: readonly string[]) => Options;
  /** The text of `--help`, which also follows what is wrong with the arguments. */
  readonly helpText: () => string;
  /** @returns whether everything is as it should be */
  readonly run: (options: Options, signal: AbortSignal) => Promise<boolean>;
}

/** Runs a tool to the exit of this process: with 0, with 1 when not all is as it should be, with 2 when the arguments mean nothing. */
export function runTool<Options extends { readonly help: boolean }>(
  { readOptions, helpText, run }: Tool<Options>,
  args: readonly string[],
): Promise<never> {
  return runToExit(async (signal) => {
    let options: Options;
    try {
      options = readOptions(args);
    } catch (error) {
      if (error instanceof UsageError) {
        process.stderr.write(`${error.message}\n\n${helpText()}`);
        return 2;
      }
      throw error;
    }
    if (options.help) {
      process.stdout.write(helpText());
      return 0;
    }
    return (await run(options, signal)) ? 0 : 1;
  });
}
