import { type Command, type CommandContext, UsageError } from './command';
import { demo } from './commands/demo';
import { downCommand } from './commands/down';
import { logs } from './commands/logs';
import { pipelines } from './commands/pipelines';
import { provision } from './commands/provision';
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
};

/** The exit code for words that mean nothing here. */
const USAGE = 2;

/**
 * Runs the command that the arguments name: `up`, `status`, `demo`, `provision`, ..., or all of it when there are none.
 *
 * @returns the exit code: 0 when what was asked was seen to happen, 1 when not, 2 when the arguments mean nothing
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

The whole system on this machine: MLflow, a front that speaks Databricks' dialect, MiniStack for AWS, stand-ins
for SageMaker and for AWS's developer tools.
Without a command: ${whole.summary}

Commands:
${lines.join('\n')}

\`npm run sandbox -- COMMAND --help\` tells more.

Environment:
  SANDBOX_HOME  the sandbox's folder, by default .sandbox; another folder is another sandbox
  SANDBOX_VENV  the folder of the Python environment that all sandboxes share, by default .sandbox-venv
  PYTHON        the Python to make that environment with
`;
}
