import { interruption } from '../sandbox/cli/interruption';
import { progress } from '../sandbox/cli/progress';
import { runBench } from './bench';
import { HELP, type Options, readOptions, UsageError } from './options';

// The pinned SDK supports this Node; that later ones will not is no news to who runs a benchmark.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const interrupted = interruption();

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${HELP}`);
      return 2;
    }
    throw error;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const say = progress(undefined, (text) => void process.stderr.write(text));
  const { page, reached } = await runBench(options, say, interrupted.signal);
  process.stdout.write(page);
  return reached ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(interrupted.code() ?? code),
  (error: unknown) => {
    const reason = interrupted.code() === undefined ? error : interrupted.signal.reason;
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exit(interrupted.code() ?? 1);
  },
);
