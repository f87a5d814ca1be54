import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SERVING_MODULES } from '../../../lambda/shared/flavors/serving/modules';

const FOLDER = join(__dirname, '../../../lambda/shared/flavors/serving');

test('every shared Python module goes into the archive', () => {
  const modules = readdirSync(FOLDER).filter((name) => /^mlflow_\w+\.py$/.test(name));
  expect(Object.keys(SERVING_MODULES).sort()).toEqual(modules.sort());
  expect(Object.values(SERVING_MODULES).every((text) => text.startsWith('"""'))).toBe(true);
});
