import { ACTIONS } from '../../../sandbox/sagemaker/actions';
import { casesOf } from './sagemaker/conformance/cases';
import { Model } from './sagemaker/conformance/service-model';
import { difference, Wire } from './sagemaker/conformance/wire';
import { openStage, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

/*
 * Every constraint of botocore's model of every action, broken once, and every edge of it kept, over the wire. What the
 * requests and answers are comes from the model and from words.ts, never from the stand-in's own validation.
 */

let stage: Stage;
let model: Model;
let wire: Wire;
beforeAll(async () => {
  [stage, model] = await Promise.all([openStage(), Model.load(requirePython(), 'sagemaker')]);
  wire = new Wire(stage.url);
});
afterAll(async () => {
  wire.close();
  await stage.close();
});

let total = 0;

test.each([...ACTIONS.keys()])('%s takes and refuses what the model says', async (action) => {
  const cases = [...casesOf(model, action)];
  total += cases.length;
  const differences: string[] = [];
  for (let start = 0; start < cases.length; start += 64) {
    const slice = cases.slice(start, start + 64);
    const answers = await Promise.all(slice.map(({ input }) => wire.call(action, input)));
    for (const [index, answer] of answers.entries()) {
      const found = difference(answer, slice[index]?.refusal);
      if (found !== undefined) differences.push(`${slice[index]?.what}: ${found}`);
    }
  }
  expect(cases.length).toBeGreaterThan(4);
  expect(differences.slice(0, 20)).toEqual([]);
});

test('thousands of requests were made', () => {
  process.stdout.write(`SageMaker conformance: ${total} generated requests\n`);
  expect(total).toBeGreaterThan(5_000);
});
