import { type Command, type CommandContext, UsageError } from './command';
import { demo } from './commands/demo';
import { downCommand } from './commands/down';
import { logs } from './commands/logs';
import { pipelines } from './commands/pipelines';
import { provision } from './commands/provision';
import { setup } from './commands/setup';
import { status } from './commands/status';
import { terminate } from './commands/terminate';
import { upCommand } from './commands/up';
import { whole } from './commands/whole';

const COMMANDS: Readonly<Record<string, Command>> = {
  up: upCommand,
  status,
  demo,
  provision,
  terminate,
  pipelines,
  logs,
  down: downCommand,
  setup,
};

/** The exit code for unknown arguments. */
const USAGE = 2;

/**
 * Runs the command that the arguments name: `up`, `status`, `demo`, `provision`, ..., or all of it when there are none.
 *
 * @returns the exit code: 0 on success, 1 on failure, 2 for unknown arguments
 */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    context.out(help());
    return 0;
  }
  const command = name === undefined ? whole : COMMANDS[name];
  if (!command) {
    context.out(`There is no command ${name}. There are: ${Object.keys(COMMANDS).join(', ')}.\n\n${help()}`);
    return USAGE;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    context.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, context);
  } catch (error) {
    if (error instanceof UsageError) {
      context.out(`${error.message}\n\n${command.help}`);
      return USAGE;
    }
    throw error;
  }
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `npm run sandbox [-- COMMAND]

Runs the whole system on this machine: a real MLflow server, MiniStack as AWS, and stand-ins for SageMaker, for AWS's developer
tools and for a Databricks workspace.
Without a command: ${whole.summary} (about 5 minutes the first time).

Commands:
${lines.join('\n')}

\`npm run sandbox -- COMMAND --help\` describes a command.

Environment:
  SANDBOX_HOME  the sandbox's folder, by default .sandbox. Another folder is another sandbox, and two can run at once.
  SANDBOX_VENV  the folder of the Python environment that all sandboxes share, by default .sandbox-venv
  PYTHON        the Python 3.11, 3.12 or 3.13 to create that environment with, by default the newest on PATH
`;
}
