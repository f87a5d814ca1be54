import { runCommand } from './cli/cli';
import { interruption } from './cli/interruption';

// The pinned SDK supports this Node; that later ones will not is no news to who runs a sandbox.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const interrupted = interruption();
// It exits at once when the work is done: an interrupted demo may still wait for what is gone.
runCommand(process.argv.slice(2), { out: (text) => void process.stdout.write(text), signal: interrupted.signal }).then(
  (code) => {
    process.exit(interrupted.code() ?? code);
  },
  (error: unknown) => {
    const reason = interrupted.code() === undefined ? error : interrupted.signal.reason;
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exit(interrupted.code() ?? 1);
  },
);
