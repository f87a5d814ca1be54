import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { requireSetting, runAsProcess } from '../../../sandbox/aws-json/process';
import { type Files, startSource } from './source';

/*
 * The source as a separate process, so that its work does not count for the measured method. Settings: FOLDER, whose files
 * it serves below the path `model`, and STOP_WITH_STDIN (see sandbox/aws-json/process.ts).
 */
runAsProcess(() => startSource(filesBelow(requireSetting('FOLDER'))));

function filesBelow(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [`model/${relative(folder, path)}`, readFileSync(path)]));
}
