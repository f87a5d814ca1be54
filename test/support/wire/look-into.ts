import { existsSync, readFileSync } from 'node:fs';
import { preparePackage } from '../../../lambda/shared/packing/prepare';
import { connectRegistry } from '../../../lambda/shared/registry/connect';
import { choiceSettings } from '../choice-settings';
import { modelVersion } from '../versions';

const STATUS = '/proc/self/status';

/*
 * Looks into versions as the plan does, in a process whose memory is bounded: LOOK holds `{url, names}`. Says for each of them how
 * many files it has, or why it is refused, and what memory the most was.
 */
function maxRssKb(): number {
  // What the system counts for a process begins with the memory of the one that started it; this does not.
  const [, own] = /VmHWM:\s+(\d+) kB/.exec(existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '') ?? [];
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

async function main(): Promise<void> {
  const { url, names } = JSON.parse(process.env.LOOK ?? '') as { url: string; names: string[] };
  const registry = connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: 't0ken' }));
  const settings = choiceSettings();
  const looks = names.map(async (name) => {
    const version = modelVersion({ name, source: `models:/m-${name}`, stage: 'Staging' });
    try {
      return { files: (await preparePackage(registry, version, settings)).files.length };
    } catch (error) {
      return { name: (error as Error).name, message: (error as Error).message };
    }
  });
  const outcomes = await Promise.all(looks);
  process.stdout.write(JSON.stringify({ outcomes, maxRssKb: maxRssKb() }));
  process.exit(0);
}

void main();
