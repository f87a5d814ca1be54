import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SERVING_MODULES } from '../../../lambda/shared/flavors/serving/modules';
import { TENSORFLOW_MODULES } from '../../../lambda/shared/flavors/serving/tensorflow-modules';

const FOLDER = join(__dirname, '../../../lambda/shared/flavors/serving/_mlflow_mlops');

test('every module of the package goes into the archives of one of the images', () => {
  const modules = readdirSync(FOLDER).filter((name) => name.endsWith('.py'));
  const packed = { ...SERVING_MODULES, ...TENSORFLOW_MODULES };
  expect(Object.keys(packed).sort()).toEqual(modules.sort());
  expect(Object.values(packed).every((text) => text.startsWith('"""'))).toBe(true);
});
