import { runCommand } from './cli/cli';
import { runToExit } from './cli/run-to-exit';

// The pinned SDK supports this Node; that later ones will not is no news to who runs a sandbox.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

void runToExit((signal) =>
  runCommand(process.argv.slice(2), { out: (text) => void process.stdout.write(text), signal }),
);
