import { sandboxPaths } from '../../processes/paths';
import { notEnforced } from '../../sagemaker/endpoints/confinement';
import { type Command, refuseArguments } from '../command';
import { allWell, healthTable, sandboxHealth } from '../health';

/** `status`: the state of each part. */
export const status: Command = {
  summary: 'show the state of each part',
  help: `npm run sandbox -- status

Prints a line for each part: its state, process id, URL and since when it is in that state. Exits with 0 when all run and the
stacks are deployed, with 1 otherwise. The last line names what SageMaker enforces for containers and this machine cannot.
`,
  async run(args, { out }) {
    refuseArguments('status', args);
    const paths = sandboxPaths();
    const health = sandboxHealth(paths);
    out(health.length > 0 ? healthTable(health) : `Nothing runs in ${paths.home}.\n`);
    const lenient = await notEnforced();
    if (lenient !== undefined) {
      out(`${lenient}\n`);
    }
    return allWell(health) ? 0 : 1;
  },
};
