import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  ProvisionProductCommand,
  type ProvisionProductCommandInput,
  SearchProvisionedProductsCommand,
  TerminateProvisionedProductCommand,
  UpdateProvisionedProductCommand,
} from '@aws-sdk/client-service-catalog';
import { type Catalog, catalogTemplate, LAUNCH_ROLE, openCatalog, productTemplate } from './service-catalog/catalog';

jest.setTimeout(60_000);

let catalog: Catalog;

beforeAll(async () => {
  catalog = await openCatalog();
  const versions = {
    v1: await catalog.upload('v1.json', productTemplate('red')),
    v2: await catalog.upload('v2.json', productTemplate('blue')),
  };
  await catalog.stacks.create('catalog', catalogTemplate(versions));
  expect(await catalog.stacks.failures('catalog')).toEqual([]);
}, 400_000);
afterAll(() => catalog?.close());
beforeEach(() => {
  catalog.thing.answer = () => undefined;
});

const provision = async (name: string, extra: Partial<ProvisionProductCommandInput> = {}) => {
  const answer = await catalog.client.send(
    new ProvisionProductCommand({
      ProductName: 'Deploy',
      ProvisioningArtifactName: 'v1',
      ProvisionedProductName: name,
      ProvisioningParameters: [{ Key: 'Model', Value: name }],
      ...extra,
    }),
  );
  return answer.RecordDetail;
};
const terminate = async (name: string, extra = {}) =>
  (await catalog.client.send(new TerminateProvisionedProductCommand({ ProvisionedProductName: name, ...extra })))
    .RecordDetail;
const update = async (name: string, extra = {}) => {
  const keep = [{ Key: 'Model', UsePreviousValue: true }];
  const input = { ProvisionedProductName: name, ProvisioningParameters: keep, ...extra };
  return (await catalog.client.send(new UpdateProvisionedProductCommand(input))).RecordDetail;
};
const found = async (name: string) => {
  const search = new SearchProvisionedProductsCommand({ Filters: { SearchQuery: [`name:${name}`] } });
  return (await catalog.client.send(search)).ProvisionedProducts?.[0];
};
const stackOf = async (name: string) => {
  const { Id } = (await found(name)) ?? {};
  return catalog.stacks.describe(`SC-111111111111-${Id}`);
};

describe('provisioning', () => {
  it('makes a stack with the launch role, and answers its outputs', async () => {
    const begun = await provision('ada', { Tags: [{ Key: 'team', Value: 'red' }] });
    expect(begun).toMatchObject({ Status: 'CREATED', RecordType: 'PROVISION_PRODUCT', LaunchRoleArn: LAUNCH_ROLE });
    expect((await found('ada'))?.Status).toBe('UNDER_CHANGE');
    const { RecordDetail, RecordOutputs } = await catalog.ended(begun);
    expect(RecordDetail).toMatchObject({ Status: 'SUCCEEDED', RecordErrors: [], ProvisionedProductType: 'CFN_STACK' });
    const stack = await stackOf('ada');
    expect(RecordOutputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])).toEqual([
      ['CloudformationStackARN', stack.StackId],
      ['Colour', 'red'],
      ['Model', 'ada'],
    ]);
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Tags: [{ Key: 'team', Value: 'red' }],
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    });
    expect(await found('ada')).toMatchObject({
      Status: 'AVAILABLE',
      ProductName: 'Deploy',
      ProvisioningArtifactName: 'v1',
      PhysicalId: stack.StackId,
      LastSuccessfulProvisioningRecordId: begun?.RecordId,
      Arn: expect.stringMatching(/^arn:aws:servicecatalog:us-east-1:111111111111:stack\/ada\/pp-[a-z2-7]{13}$/),
    });
  });

  it('refuses a name that is taken', async () => {
    await expect(provision('ada')).rejects.toMatchObject({
      name: 'InvalidParametersException',
      message: 'A stack named ada already exists.',
    });
  });

  it('makes one product of a request that is repeated with its token, and refuses the token for another', async () => {
    const first = await provision('grace', { ProvisionToken: 'once' });
    const again = await provision('grace', { ProvisionToken: 'once' });
    expect(again?.RecordId).toBe(first?.RecordId);
    await expect(provision('other', { ProvisionToken: 'once' })).rejects.toThrow('The token once was used before');
    await catalog.ended(first);
  });

  it("tells CloudFormation's first reason of a failure; what is in error can be terminated", async () => {
    catalog.thing.answer = () => 'The registry cannot be reached';
    const { RecordDetail } = await catalog.ended(await provision('failing'));
    expect(RecordDetail).toMatchObject({
      Status: 'FAILED',
      RecordErrors: [{ Description: 'The registry cannot be reached' }],
    });
    expect(await found('failing')).toMatchObject({
      Status: 'ERROR',
      StatusMessage: 'The registry cannot be reached',
    });
    catalog.thing.answer = () => undefined;
    expect((await catalog.ended(await terminate('failing'))).RecordDetail.Status).toBe('SUCCEEDED');
    expect(await found('failing')).toBeUndefined();
  });

  it('ends in error without a stack when CloudFormation takes no such parameters', async () => {
    const { RecordDetail } = await catalog.ended(await provision('wrong', { ProvisioningParameters: [] }));
    expect(RecordDetail.RecordErrors?.[0]?.Description).toMatch(/Model/);
    expect((await found('wrong'))?.Status).toBe('ERROR');
    expect((await catalog.ended(await terminate('wrong'))).RecordDetail.Status).toBe('SUCCEEDED');
  });
});

describe('updating', () => {
  it('goes to another version and keeps the parameters that are to be kept', async () => {
    const { RecordDetail, RecordOutputs } = await catalog.ended(
      await update('ada', { ProvisioningArtifactName: 'v2' }),
    );
    expect(RecordDetail).toMatchObject({ Status: 'SUCCEEDED', RecordType: 'UPDATE_PROVISIONED_PRODUCT' });
    expect(RecordOutputs?.slice(1).map(({ OutputValue }) => OutputValue)).toEqual(['blue', 'ada']);
  });

  it('is content when there is nothing to update', async () => {
    const { RecordDetail } = await catalog.ended(await update('ada'));
    expect(RecordDetail.Status).toBe('SUCCEEDED');
  });

  it('taints the product when the stack went back to what it was', async () => {
    let refusals = 1;
    catalog.thing.answer = () => (refusals-- > 0 ? 'no more red' : undefined);
    const before = (await found('ada'))?.ProvisioningArtifactId;
    const { RecordDetail } = await catalog.ended(await update('ada', { ProvisioningArtifactName: 'v1' }));
    expect(RecordDetail.RecordErrors?.[0]?.Description).toBe('no more red');
    expect(await found('ada')).toMatchObject({ Status: 'TAINTED', ProvisioningArtifactId: before });
    expect((await stackOf('ada')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

describe('terminating', () => {
  it('fails while the stack is being updated by somebody else, and works afterwards', async () => {
    let goOn: (value: undefined) => void = () => undefined;
    const held = new Promise<undefined>((resolve) => (goOn = resolve));
    catalog.thing.answer = () => held;
    const { StackName = '' } = await stackOf('grace');
    await catalog.stacks.client.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: productTemplate('green'),
        Parameters: [{ ParameterKey: 'Model', UsePreviousValue: true }],
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    const { RecordDetail } = await catalog.ended(await terminate('grace'));
    expect(RecordDetail.RecordErrors?.[0]?.Description).toMatch(/cannot be deleted while in status UPDATE_IN_PROGRESS/);
    expect((await found('grace'))?.Status).toBe('TAINTED');
    goOn(undefined);
    await catalog.stacks.settled(StackName);
    expect((await catalog.ended(await terminate('grace'))).RecordDetail.Status).toBe('SUCCEEDED');
    expect(await found('grace')).toBeUndefined();
    expect((await catalog.stacks.describe(StackName).catch(() => undefined))?.StackStatus ?? 'gone').toMatch(
      /gone|DELETE_COMPLETE/,
    );
  });

  it('ends in error when a resource cannot be deleted, and works afterwards', async () => {
    catalog.thing.answer = () => 'it is in use';
    const { RecordDetail } = await catalog.ended(await terminate('ada'));
    expect(RecordDetail).toMatchObject({ Status: 'FAILED', RecordErrors: [{ Description: 'it is in use' }] });
    expect((await found('ada'))?.Status).toBe('ERROR');
    catalog.thing.answer = () => undefined;
    expect((await catalog.ended(await terminate('ada'))).RecordDetail.Status).toBe('SUCCEEDED');
    expect(await found('ada')).toBeUndefined();
  });

  it('is refused while the product is under change', async () => {
    let goOn: (value: undefined) => void = () => undefined;
    const held = new Promise<undefined>((resolve) => (goOn = resolve));
    catalog.thing.answer = () => held;
    const begun = await provision('slow');
    await expect(terminate('slow')).rejects.toMatchObject({ name: 'InvalidStateException' });
    goOn(undefined);
    await catalog.ended(begun);
    await catalog.ended(await terminate('slow'));
  });
});
