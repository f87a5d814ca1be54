import { sandboxPaths } from '../../processes/paths';
import { type Command, refuseArguments } from '../command';
import { down, isUp, up } from '../lifecycle';
import { progress } from '../progress';
import { tellStory } from './demo';

/** Without a command: up, demo, and down in any case. */
export const whole: Command = {
  summary: 'start everything, run the demo, end everything',
  help: '',
  async run(args, { out, signal }) {
    refuseArguments('sandbox', args);
    const say = progress(undefined, out);
    const { home } = sandboxPaths();
    if (isUp(sandboxPaths())) {
      say(`the sandbox is already up in ${home}; it stays up after the demo`);
      await tellStory(await up({ say, signal }));
      return 0;
    }
    try {
      // Should this process be killed, the sandbox goes with it.
      const context = await up({ say, signal, stay: false });
      await untilAborted(tellStory(context), signal);
    } finally {
      await down();
      say('everything has ended');
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
