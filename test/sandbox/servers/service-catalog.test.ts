import {
  DescribeProductCommand,
  ListTagOptionsCommand,
  ProvisionProductCommand,
  SearchProductsCommand,
  SearchProvisionedProductsCommand,
  TerminateProvisionedProductCommand,
  UpdateProvisionedProductCommand,
} from '@aws-sdk/client-service-catalog';
import { outputsOf } from './cloudformation/stacks';
import { type Catalog, catalogTemplate, openCatalog, productTemplate, SCIENTIST } from './service-catalog/catalog';

jest.setTimeout(60_000);

let catalog: Catalog;
let v1: string;
let v2: string;

beforeAll(async () => {
  catalog = await openCatalog();
  v1 = await catalog.upload('v1.json', productTemplate('red'));
  v2 = await catalog.upload('v2.json', productTemplate('blue'));
  await catalog.stacks.create('catalog', catalogTemplate({ v1 }));
}, 400_000);
afterAll(() => catalog?.close());

const versions = async () => {
  const { Product: ProductId } = outputsOf(await catalog.stacks.describe('catalog'));
  const answer = await catalog.client.send(new DescribeProductCommand({ Id: ProductId }));
  return answer.ProvisioningArtifacts ?? [];
};

describe("a catalog's stack", () => {
  it('knows its resources as CloudFormation does', async () => {
    const outputs = outputsOf(await catalog.stacks.describe('catalog'));
    const id = /^pa-[a-z2-7]{13}$/;
    expect(outputs).toEqual({
      Product: expect.stringMatching(/^prod-/),
      Versions: expect.stringMatching(id),
      Names: 'v1',
      Name: 'Deploy',
    });
    expect((await versions()).map(({ Id }) => Id)).toEqual([outputs.Versions]);
  });

  it('adds a version and leaves the one that is there as it is; takes away what is not named any more', async () => {
    const [first] = await versions();
    await catalog.stacks.update('catalog', catalogTemplate({ v1, v2 }));
    const both = await versions();
    expect(both.map(({ Name }) => Name)).toEqual(['v1', 'v2']);
    expect(both[0]).toEqual(first);
    expect(outputsOf(await catalog.stacks.describe('catalog')).Names).toBe('v1,v2');
    await catalog.stacks.update('catalog', catalogTemplate({ v2 }));
    expect(await versions()).toEqual([both[1]]);
    await catalog.stacks.update('catalog', catalogTemplate({ v1, v2 }));
    const [again] = await versions();
    expect(again?.Id).not.toBe(first?.Id);
  });

  it.each([
    ['an object that is not there', 'none.json', undefined, /none\.json cannot be read: .*key does not exist/],
    ['no JSON', 'text.json', '{"Resources": ', /Template format error in .*JSON not well-formed/],
    ['nothing to make', 'empty.json', '{"Outputs": {}}', /At least one Resources member must be defined/],
    [
      'YAML, which is not here',
      'yaml.yaml',
      'Resources:\n',
      /sandbox's Service Catalog does not have templates in YAML/,
    ],
  ])('is not made with a version whose template is %s', async (_what, key, text, message) => {
    const url =
      text === undefined ? `https://templates.s3.us-east-1.amazonaws.com/${key}` : await catalog.upload(key, text);
    const name = `broken-${key.replace('.', '-')}`;
    expect((await catalog.stacks.create(name, catalogTemplate({ v1: url }))).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await catalog.stacks.failures(name))[0]).toMatch(message);
  });

  it('is not made with a version whose template is nowhere in S3', async () => {
    await catalog.stacks.create('elsewhere', catalogTemplate({ v1: 'https://example.com/v1.json' }));
    expect((await catalog.stacks.failures('elsewhere'))[0]).toMatch(/not the address of an object in Amazon S3/);
  });

  it('is deleted whole, in its own order', async () => {
    await catalog.stacks.create('second', catalogTemplate({ v1 }, { productName: 'Second' }));
    const search = new SearchProductsCommand({ Filters: { FullTextSearch: ['second'] } });
    expect((await catalog.client.send(search)).ProductViewSummaries).toHaveLength(1);
    expect((await catalog.stacks.delete('second')).StackStatus).toBe('DELETE_COMPLETE');
    expect((await catalog.client.send(search)).ProductViewSummaries).toEqual([]);
  });
});

describe('who looks for a product', () => {
  it('finds it by a word, with what can be launched', async () => {
    const found = await catalog.client.send(new SearchProductsCommand({ Filters: { FullTextSearch: ['deploy'] } }));
    expect(found.ProductViewSummaries).toMatchObject([{ Name: 'Deploy', Type: 'CLOUD_FORMATION_TEMPLATE' }]);
    const product = await catalog.client.send(new DescribeProductCommand({ Name: 'Deploy' }));
    expect(product.ProvisioningArtifacts?.map(({ Name }) => Name)).toEqual(['v1', 'v2']);
    expect(product.LaunchPaths).toEqual([{ Id: expect.stringMatching(/^lpv3-/), Name: 'Models' }]);
  });
});

describe('access', () => {
  it('is of the roles that are associated with the portfolio', async () => {
    const scientist = await catalog.asRole(SCIENTIST);
    const { ProductViewSummaries } = await scientist.send(new SearchProductsCommand({}));
    expect(ProductViewSummaries).toHaveLength(1);
    const begun = await scientist.send(
      new ProvisionProductCommand({
        ProductName: 'Deploy',
        ProvisioningArtifactName: 'v1',
        ProvisionedProductName: 'hers',
        ProvisioningParameters: [{ Key: 'Model', Value: 'hers' }],
      }),
    );
    expect((await catalog.ended(begun.RecordDetail)).RecordDetail.Status).toBe('SUCCEEDED');
    const own = await scientist.send(new SearchProvisionedProductsCommand({}));
    expect(own.ProvisionedProducts?.map(({ Name }) => Name)).toEqual(['hers']);
    const { ProvisionedProducts } = await catalog.client.send(new SearchProvisionedProductsCommand({}));
    expect(ProvisionedProducts).toEqual([]);
    const all = new SearchProvisionedProductsCommand({ AccessLevelFilter: { Key: 'Account', Value: 'self' } });
    expect((await catalog.client.send(all)).ProvisionedProducts).toHaveLength(1);
  });

  it('is nobody else’s: no product, no launch path, nothing to provision', async () => {
    const stranger = await catalog.asRole('arn:aws:iam::111111111111:role/stranger');
    expect((await stranger.send(new SearchProductsCommand({}))).ProductViewSummaries).toEqual([]);
    const { Product: ProductId = '' } = outputsOf(await catalog.stacks.describe('catalog'));
    const refusal = { name: 'ResourceNotFoundException', message: `No launch paths found for resource: ${ProductId}` };
    const wanted = { ProductId, ProvisioningArtifactName: 'v1', ProvisionedProductName: 'his' };
    await expect(stranger.send(new ProvisionProductCommand(wanted))).rejects.toMatchObject(refusal);
    await expect(stranger.send(new DescribeProductCommand({ Id: ProductId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('requests', () => {
  it('are refused by name for what only AWS has', async () => {
    await expect(catalog.client.send(new ListTagOptionsCommand({}))).rejects.toThrow(
      "The sandbox's Service Catalog does not have the action ListTagOptions.",
    );
    const ProvisionedProductName = 'p';
    const update = { ProvisionedProductName, ProvisioningPreferences: { StackSetRegions: ['eu-west-1'] } };
    await expect(catalog.client.send(new UpdateProvisionedProductCommand(update))).rejects.toThrow(
      "The sandbox's Service Catalog does not have ProvisioningPreferences of UpdateProvisionedProduct.",
    );
    const forget = { ProvisionedProductName, IgnoreErrors: true };
    await expect(catalog.client.send(new TerminateProvisionedProductCommand(forget))).rejects.toThrow(
      "The sandbox's Service Catalog does not have IgnoreErrors of TerminateProvisionedProduct.",
    );
  });

  it('that name nothing find nothing', async () => {
    const missing = { name: 'ResourceNotFoundException' };
    const terminate = new TerminateProvisionedProductCommand({ ProvisionedProductName: 'nobody' });
    await expect(catalog.client.send(terminate)).rejects.toMatchObject(missing);
    await expect(catalog.client.send(new DescribeProductCommand({ Name: 'nothing' }))).rejects.toMatchObject(missing);
  });
});
