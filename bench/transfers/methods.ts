import { join } from 'node:path';
import { bundle } from '../processes';

export const OURS = 'this project';

/** The commands of the methods, by name, in the order in which a round runs them. */
export type Methods = Readonly<Record<string, readonly string[]>>;

/** All methods. @param folder for the bundles of those in Node */
export async function methods(folder: string, python: string): Promise<Methods> {
  await bundle([join(__dirname, 'ours.ts'), join(__dirname, 'plain-node.ts')], folder);
  return {
    'the sample (Python)': [python, join(__dirname, 'sample.py')],
    'plain Node': [process.execPath, join(folder, 'plain-node.js')],
    [OURS]: [process.execPath, join(folder, 'ours.js')],
  };
}
