import { appendFileSync } from 'node:fs';
import type { Build } from './build';

/** Writes a line into a build's log, as CodeBuild writes its own. */
export function writeLog({ logFile }: Build, line: string): void {
  const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  appendFileSync(logFile, `[Container] ${time} ${line}\n`);
}
