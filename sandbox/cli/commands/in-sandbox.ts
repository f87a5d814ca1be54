import { sandboxPaths } from '../../processes/paths';
import { type CommandContext, UsageError } from '../command';
import { readContext, type SandboxEnv } from '../context';
import { isUp } from '../lifecycle';

const OPEN_SOURCE = '--opensource';

/** What the user wants of the sandbox that is up. */
export interface Wanted {
  /** The account that is meant. */
  readonly env: SandboxEnv;
  /** The model that is named, if one is. */
  readonly modelName: string | undefined;
}

/**
 * Reads `[<model_name>] [--opensource]` and finds the account in the sandbox that is up.
 *
 * @returns undefined when no sandbox is up, which has been said then
 * @throws UsageError for other arguments
 */
export function inSandbox(command: string, args: readonly string[], { out }: CommandContext): Wanted | undefined {
  const unknown = args.filter((arg) => arg.startsWith('-') && arg !== OPEN_SOURCE);
  if (unknown.length > 0) {
    throw new UsageError(`${command} has no option ${unknown.join(' ')}. There is: ${OPEN_SOURCE}.`);
  }
  const [modelName, ...more] = args.filter((arg) => arg !== OPEN_SOURCE);
  if (more.length > 0) {
    throw new UsageError(
      `${command} takes one name, but got: ${[modelName, ...more].join(' ')}. Quote a name that has spaces.`,
    );
  }
  const paths = sandboxPaths();
  if (!isUp(paths)) {
    out(`No sandbox is up in ${paths.home}: start one with \`npm run sandbox -- up\`.\n`);
    return undefined;
  }
  const context = readContext(paths, () => undefined);
  return { env: args.includes(OPEN_SOURCE) ? context.openSource : context.env, modelName };
}
