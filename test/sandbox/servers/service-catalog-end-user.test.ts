import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { PRODUCT_NAME } from '../../../lib/names';
import { provisionModel } from '../../../sandbox/catalog/provision';
import { findProduct, provisionedModelNames } from '../../../sandbox/catalog/provisioned';
import { terminateModel } from '../../../sandbox/catalog/terminate';
import { updateModel } from '../../../sandbox/catalog/update';
import { awsOf } from '../../../sandbox/demo/aws';
import { type Catalog, catalogTemplate, openCatalog, productTemplate } from './service-catalog/catalog';

jest.setTimeout(60_000);

let catalog: Catalog;
let url: (colour: string) => Promise<string>;

beforeAll(async () => {
  catalog = await openCatalog();
  url = (colour) => catalog.upload(`${colour}.json`, productTemplate(colour, 'ModelName'));
  const versions = { first: await url('red'), second: await url('blue') };
  await catalog.stacks.create('catalog', catalogTemplate(versions, { productName: PRODUCT_NAME }));
}, 400_000);
afterAll(() => catalog?.close());
beforeEach(() => {
  catalog.thing.answer = () => undefined;
});

it("provisions the newest version for a model whose name is none of Service Catalog's", async () => {
  const said: string[] = [];
  const made = await provisionModel(catalog.env, 'My Model.v2', { say: (line) => said.push(line) });
  expect(said).toEqual([`provisioning ${PRODUCT_NAME} second for My Model.v2`]);
  expect(made).toMatchObject({
    modelName: 'My Model.v2',
    groupName: expect.stringMatching(/^my-model-v2--/),
    stackName: `SC-111111111111-${made.provisionedProductId}`,
    repositoryName: `sagemaker-mlflow-${made.groupName}-deployment`,
    pipelineName: `sagemaker-mlflow-${made.groupName}-pipeline`,
    outputs: { Colour: 'blue', Model: 'My Model.v2' },
  });
  expect((await catalog.stacks.describe(made.stackName)).StackStatus).toBe('CREATE_COMPLETE');
});

it('refuses a model that has a product, and a version that there is not', async () => {
  await expect(provisionModel(catalog.env, 'My Model.v2')).rejects.toThrow(
    'The product is provisioned for My Model.v2 already',
  );
  await expect(provisionModel(catalog.env, 'other', { version: 'third' })).rejects.toThrow(
    `The product ${PRODUCT_NAME} has no version third. There are: first, second.`,
  );
});

it('fails with the reason, and clears away what failed when it is tried again', async () => {
  catalog.thing.answer = () => 'the registry cannot be reached';
  await expect(provisionModel(catalog.env, 'later')).rejects.toThrow(
    `provisioning ${PRODUCT_NAME} for later failed: the registry cannot be reached`,
  );
  catalog.thing.answer = () => undefined;
  const said: string[] = [];
  const made = await provisionModel(catalog.env, 'later', { version: 'first', say: (line) => said.push(line) });
  expect(said[0]).toBe('an attempt that failed is terminated first: the registry cannot be reached');
  expect(made.outputs.Colour).toBe('red');
  expect(await provisionedModelNames(awsOf(catalog.env))).toEqual(['My Model.v2', 'later']);
});

it('updates to the newest version', async () => {
  await updateModel(catalog.env, 'later');
  const product = await findProduct(awsOf(catalog.env), 'later');
  expect(product).toMatchObject({ Status: 'AVAILABLE', ProvisioningArtifactName: 'second' });
  await expect(
    (async () => {
      catalog.thing.answer = () => 'not this colour';
      await updateModel(catalog.env, 'later', 'first');
    })(),
  ).rejects.toThrow('not this colour');
});

it('terminates, with the reason when that fails, and names what is provisioned when nothing is', async () => {
  catalog.thing.answer = () => 'it is in use';
  await expect(terminateModel(catalog.env, 'later')).rejects.toThrow('terminating later failed: it is in use');
  catalog.thing.answer = () => undefined;
  await terminateModel(catalog.env, 'later');
  await expect(terminateModel(catalog.env, 'later')).rejects.toThrow(
    `${PRODUCT_NAME} is not provisioned for later. It is for: My Model.v2.`,
  );
});

it('terminates also what is being updated, once that has ended', async () => {
  const { stackName } = await provisionModel(catalog.env, 'busy');
  let goOn: (value: undefined) => void = () => undefined;
  const held = new Promise<undefined>((resolve) => (goOn = resolve));
  catalog.thing.answer = () => held;
  await catalog.stacks.client.send(
    new UpdateStackCommand({
      StackName: stackName,
      TemplateBody: productTemplate('green', 'ModelName'),
      Parameters: [{ ParameterKey: 'ModelName', UsePreviousValue: true }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  const said: string[] = [];
  await terminateModel(catalog.env, 'busy', {
    say: (line) => {
      said.push(line);
      if (/trying again/.test(line)) goOn(undefined);
    },
  });
  expect(said.at(-1)).toBe('its pipeline is changing the stack just now: trying again');
  expect(await findProduct(awsOf(catalog.env), 'busy')).toBeUndefined();
});
