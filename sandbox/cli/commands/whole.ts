import { type Command, refuseArguments } from '../command';
import { down, ensureUp } from '../lifecycle';
import { progress } from '../progress';
import { tellStory } from './demo';

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
      await untilAborted(tellStory(context), signal);
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

/** Waits for the work, but not after an interruption: what it talks to is taken down then. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  await Promise.race([work, aborted]);
}
