import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFolder } from '../../lambda/shared/flavors/flavor';
import { parseMlModel } from '../../lambda/shared/flavors/mlmodel';

const CAPTURED = join(__dirname, '../captured/mlmodels');

/** The MLmodel file of a folder that a real MLflow wrote. */
export function capturedMlModel(name: string): string {
  return readFileSync(join(CAPTURED, name, 'MLmodel'), 'utf8');
}

/** Paths in that folder. */
export function capturedPaths(name: string): string[] {
  return readFileSync(join(CAPTURED, name, 'tree.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\.\//, ''));
}

/** A model folder that a real MLflow wrote, with requirements of the test's. */
export function capturedFolder(name: string, requirements = ''): ModelFolder {
  return {
    mlmodel: parseMlModel(capturedMlModel(name)),
    mlmodelHash: '',
    files: capturedPaths(name).map((path) => ({ path, size: 1 })),
    texts: new Map(requirements === '' ? [] : [['requirements.txt', requirements]]),
    wheelHashes: new Map(),
  };
}
