import { progress } from '../sandbox/cli/progress';
import { runTool } from '../sandbox/cli/run-tool';
import { runBench } from './bench';
import { HELP, readOptions } from './options';

// The pinned SDK supports this Node; that later ones will not is no news to who runs a benchmark.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

void runTool(
  {
    readOptions,
    helpText: () => HELP,
    run: async (options, signal) => {
      const say = progress(undefined, (text) => void process.stderr.write(text));
      const { page, reached } = await runBench(options, say, signal);
      process.stdout.write(page);
      return reached;
    },
  },
  process.argv.slice(2),
);
