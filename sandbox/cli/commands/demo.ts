import { sandboxPaths } from '../../processes/paths';
import { type Command, refuseArguments } from '../command';
import { readContext, type SandboxContext } from '../context';
import { isUp } from '../lifecycle';
import { progress } from '../progress';

/** `demo`: the story of a model, in a sandbox that is up. */
export const demo: Command = {
  summary: 'promote a model in the running sandbox and watch it answer',
  help: `npm run sandbox -- demo

Logs and promotes models in both registries of the sandbox that is up, and follows them to SageMaker. Exits with 0 only when
every step was seen to happen.
`,
  async run(args, { out }) {
    refuseArguments('demo', args);
    const paths = sandboxPaths();
    if (!isUp(paths)) {
      out(`No sandbox is up in ${paths.home}: start one with \`npm run sandbox -- up\`.\n`);
      return 1;
    }
    await tellStory(readContext(paths, progress(undefined, out)));
    return 0;
  },
};

/** Runs the demo; it is loaded only now, since most commands do without what it needs. */
export async function tellStory(context: SandboxContext): Promise<void> {
  const { runDemo } = await import('../../demo/demo.js');
  await runDemo(context);
}
