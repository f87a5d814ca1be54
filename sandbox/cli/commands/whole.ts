import { type Command, refuseArguments } from '../command';
import { down, ensureUp } from '../lifecycle';
import { nextSteps } from '../next-steps';
import { progress } from '../progress';
import { tellStory } from '../story';

const AFTERWARDS = `It works. What to try next:
  npm run sandbox -- up          # the same, and it stays up: about a minute
  npm run sandbox -- --help      # what else there is
  less docs/tutorial.md          # deploy a model of your own in the sandbox, step by step
`;

/** Without a command: up, demo, and down in any case. A sandbox that was up before is used and stays up. */
export const whole: Command = {
  summary: 'start everything, run the demo, end everything',
  help: '',
  async run(args, { out, signal }) {
    refuseArguments('sandbox', args);
    const say = progress(undefined, out);
    // If this process is killed, the sandbox ends with it.
    const { context, broughtUp } = await ensureUp({ say, signal, stay: false });
    try {
      await tellStory(context, signal);
    } finally {
      if (broughtUp) {
        await down();
        say('everything has ended');
      } else {
        say('the sandbox was up before and stays up');
      }
    }
    out(`\n${broughtUp ? AFTERWARDS : nextSteps(context.paths)}`);
    return 0;
  },
};
