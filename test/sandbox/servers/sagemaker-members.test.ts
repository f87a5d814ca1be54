import { membersOf, merged, valueAt } from './sagemaker/conformance/members';
import { prepareRecipes, RECIPES, TYPICAL } from './sagemaker/conformance/recipes';
import type { JsonObject } from './sagemaker/conformance/requests';
import { Model } from './sagemaker/conformance/service-model';
import { Wire } from './sagemaker/conformance/wire';
import { deploy, prepare, scriptFiles } from './sagemaker/hosting';
import { archiveOf, openStage, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

/*
 * No member of AWS's model is taken and forgotten: whatever an action that makes or changes something lets through can be
 * read again, and what is not here is refused by its name.
 */

let stage: Stage;
let model: Model;
let wire: Wire;
beforeAll(async () => {
  [stage, model] = await Promise.all([openStage(), Model.load(requirePython(), 'sagemaker')]);
  stage.aws.objects.set('models/model.tar.gz', await archiveOf({ a: 'b' }));
  wire = new Wire(stage.url);
  await prepareRecipes(wire);
  await prepare(stage, 'live', scriptFiles('2'));
  expect(await deploy(stage, 'live')).toMatchObject({ EndpointStatus: 'InService' });
});
afterAll(async () => {
  wire.close();
  await stage.close();
});

test.each(RECIPES)('every member of $action is read again or refused by name', async (recipe) => {
  const refused: string[] = [];
  const wrong: string[] = [];
  let read = 0;
  for (const { path, value } of membersOf(model, recipe.action, TYPICAL)) {
    if (refused.some((parent) => path.startsWith(`${parent}.`)) || recipe.otherwise?.[path] !== undefined) continue;
    const name = `m${refused.length}-${read}-${wrong.length}`;
    const input = merged(await recipe.base(name, path, wire), value) as JsonObject;
    const { status, code, message, body } = await wire.call(recipe.action, input);
    const member = path.split('.').at(-1) ?? '';
    const byName =
      message.includes(member) && ['UnknownOperationException', 'ValidationException'].includes(code ?? '');
    if (byName && recipe.refused.includes(path)) refused.push(path);
    else if (status !== 200) wrong.push(`${path}: ${status} ${code}: ${message}`);
    else {
      const there = await recipe.read(wire, input, body);
      const found = valueAt(there, path);
      const wanted = valueAt(input, path);
      read += 1;
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        wrong.push(`${path}: ${JSON.stringify(wanted)} was taken, ${JSON.stringify(found)} is there`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(refused.sort()).toEqual([...recipe.refused].sort());
  expect(read + refused.length).toBeGreaterThan(3);
});
