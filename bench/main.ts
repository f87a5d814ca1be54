import { progress } from '../sandbox/cli/progress';
import { runTool } from '../sandbox/cli/run-tool';
import { ensureVenv, REQUIREMENTS } from '../sandbox/setup/venv';
import { HELP, type Options, readOptions } from './options';
import { measurePlan } from './plan';
import { thisMachine } from './report/machine';
import { markdownOf, type Results, writeResults } from './report/results';
import { measureSandbox } from './sandbox/measure';
import { measureTransfers } from './transfers/transfers';
import { measureColdStart } from './webhook/cold-start';

// The pinned SDK supports this Node. Its warning about later ones helps nobody here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

void runTool({ readOptions, helpText: () => HELP, run }, process.argv.slice(2));

async function run({ parts, quick }: Options, signal: AbortSignal): Promise<boolean> {
  const say = progress(undefined, (text) => void process.stderr.write(text));
  const python = await ensureVenv(say, process.env, REQUIREMENTS, signal);
  const measured = { date: new Date().toISOString().slice(0, 10), machine: thisMachine() };
  const results: Results = {};
  try {
    if (parts.includes('transfers')) {
      results.transfers = { ...measured, ...(await measureTransfers({ python, quick, say, signal })) };
    }
    if (parts.includes('plan')) {
      results.plan = { ...measured, figures: measurePlan() };
    }
    if (parts.includes('webhook')) {
      results.webhook = { ...measured, figures: await measureColdStart(quick, say) };
    }
    if (parts.includes('sandbox')) {
      results.sandbox = { ...measured, figures: await measureSandbox(quick, python, say, signal) };
    }
  } finally {
    // A part that fails does not lose the parts before it.
    if (!quick) {
      writeResults(results);
    }
  }
  process.stdout.write(markdownOf(results));
  return true;
}
