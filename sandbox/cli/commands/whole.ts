import { type Command, refuseArguments } from '../command';
import { down, ensureUp } from '../lifecycle';
import { progress } from '../progress';
import { tellStory } from '../story';

/** Without a command: up, demo, and down in any case. A sandbox that was up before is used and left. */
export const whole: Command = {
  summary: 'start everything, run the demo, end everything',
  help: '',
  async run(args, { out, signal }) {
    refuseArguments('sandbox', args);
    const say = progress(undefined, out);
    // Should this process be killed, the sandbox goes with it.
    const { context, broughtUp } = await ensureUp({ say, signal, stay: false });
    try {
      await tellStory(context, signal);
    } finally {
      if (broughtUp) {
        await down();
        say('everything has ended');
      } else {
        say('the sandbox was up before and stays up: `npm run sandbox -- down` ends it');
      }
    }
    return 0;
  },
};
