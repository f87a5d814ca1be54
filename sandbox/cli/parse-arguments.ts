import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './command';

/**
 * What a command line has of the options that there are.
 *
 * @throws UsageError for any other
 */
export function parseArguments<T extends ParseArgsConfig>(
  args: readonly string[],
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs<T>({ ...config, args: [...args] });
  } catch (error) {
    // Its own words name the argument; the help follows.
    throw new UsageError((error as Error).message);
  }
}
