import { sandboxPaths } from '../../processes/paths';
import { type Command, refuseArguments } from '../command';
import { readContext } from '../context';
import { isUp } from '../lifecycle';
import { progress } from '../progress';
import { tellStory } from '../story';

/** `demo`: models are promoted, answer and are archived, in a sandbox that is up. */
export const demo: Command = {
  summary: 'promote models in the running sandbox and compare their answers with those of MLflow',
  help: `npm run sandbox -- demo

Logs and promotes models in both registries of the sandbox that is up, and follows them to SageMaker. It takes about two
minutes. Exits with 0 only when every step was seen to happen.
`,
  async run(args, { out, signal }) {
    refuseArguments('demo', args);
    const paths = sandboxPaths();
    if (!isUp(paths)) {
      out(`No sandbox is up in ${paths.home}: start one with \`npm run sandbox -- up\`.\n`);
      return 1;
    }
    await tellStory(readContext(paths, progress(undefined, out)), signal);
    return 0;
  },
};
