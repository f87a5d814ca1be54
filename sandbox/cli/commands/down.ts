import { sandboxPaths } from '../../processes/paths';
import { type Command, refuseArguments } from '../command';
import { down } from '../lifecycle';

/** `down`: ends everything. */
export const downCommand: Command = {
  summary: 'end everything that `up` started',
  help: `npm run sandbox -- down

Ends every process of the sandbox and removes its environment files. Logs and MLflow's data stay in the sandbox's folder; what
was deployed to MiniStack is gone, since MiniStack keeps it in memory. Does nothing when nothing runs.
`,
  async run(args, { out }) {
    refuseArguments('down', args);
    const { home } = sandboxPaths();
    out((await down()) ? `The sandbox in ${home} is down.\n` : `Nothing runs in ${home}.\n`);
    return 0;
  },
};
