import type { CreateProductInput, ProvisioningArtifactProperties } from '@aws-sdk/client-service-catalog';
import type { Caller } from '../../aws-json/caller';
import type { ResourceHandler, StackResource } from '../../aws-json/cloudformation';
import { lackingInSandbox } from '../../aws-json/errors';
import { inputOf } from '../../aws-json/properties';
import type { Valid } from '../../aws-json/valid';
import { inUse, invalidParameters } from '../errors';
import { findProduct } from '../find';
import { catalogArn, newId } from '../ids';
import type { Product, ProductDetails, Version } from '../state';
import { readTemplate } from '../templates';
import type { ResourceContext } from './context';

const APART = ['ProvisioningArtifactParameters', 'ReplaceProvisioningArtifacts'];
const ONLY_TYPE = 'CLOUD_FORMATION_TEMPLATE';

type Properties = Readonly<Record<string, unknown>>;

/**
 * `AWS::ServiceCatalog::CloudFormationProduct`. Each version's template is read when the version is made. At an update a version
 * with the name and URL of a former one stays that one, with its identifier; others are made; those that are not named any
 * more go (the type's schema, `ReplaceProvisioningArtifacts`). What was provisioned from them stays.
 */
export function productResource(context: ResourceContext): ResourceHandler {
  const { states } = context;
  return {
    async create({ caller, logicalId, properties }) {
      const details = detailsOf(context, logicalId, properties);
      const versions = await versionsOf(context, caller, properties, []);
      const id = newId('prod');
      const arn = catalogArn(caller, 'product', id);
      const product: Product = { id, arn, viewId: newId('prodview'), createdTime: new Date(), details, versions };
      states.of(caller).products.set(id, product);
      return described(product);
    },
    async update({ caller, logicalId, properties, physicalId }) {
      const product = findProduct(states.of(caller), { ProductId: physicalId });
      const details = detailsOf(context, logicalId, properties);
      const replace = String(properties.ReplaceProvisioningArtifacts) === 'true';
      const versions = await versionsOf(context, caller, properties, replace ? [] : product.versions);
      return described(Object.assign(product, { details, versions }));
    },
    delete({ caller, physicalId }) {
      const { products, portfolios } = states.of(caller);
      const holder = [...portfolios.values()].find(({ productIds }) => productIds.has(physicalId));
      if (holder) throw inUse(`Product ${physicalId} is still associated with the portfolio ${holder.id}.`);
      products.delete(physicalId);
    },
  };
}

function detailsOf({ model }: ResourceContext, logicalId: string, properties: Properties): ProductDetails {
  if (properties.SourceConnection !== undefined) throw lackingInSandbox('Service Catalog', 'SourceConnection');
  const common = { ProductType: ONLY_TYPE, ...properties, IdempotencyToken: logicalId };
  const input = inputOf(model, 'CreateProductInput', common, APART) as unknown as Valid<CreateProductInput>;
  if (input.ProductType !== ONLY_TYPE)
    throw lackingInSandbox('Service Catalog', `products of type ${input.ProductType}`);
  return {
    name: input.Name,
    owner: input.Owner,
    type: input.ProductType,
    description: input.Description,
    distributor: input.Distributor,
    supportDescription: input.SupportDescription,
    supportEmail: input.SupportEmail,
    supportUrl: input.SupportUrl,
    tags: input.Tags ?? [],
  };
}

async function versionsOf(
  context: ResourceContext,
  caller: Caller,
  { ProvisioningArtifactParameters: listed }: Properties,
  former: readonly Version[],
): Promise<Version[]> {
  if (!Array.isArray(listed) || listed.length === 0) {
    throw invalidParameters('A product needs at least one provisioning artifact.');
  }
  // One request makes them all: of the same age, they are told apart by their order.
  const createdTime = new Date();
  return Promise.all(listed.map((one) => versionOf(context, caller, one as Properties, { former, createdTime })));
}

async function versionOf(
  { model, sessions }: ResourceContext,
  caller: Caller,
  properties: Properties,
  { former, createdTime }: { readonly former: readonly Version[]; readonly createdTime: Date },
): Promise<Version> {
  const input = inputOf(model, 'ProvisioningArtifactProperties', properties) as Valid<ProvisioningArtifactProperties>;
  const { Name: name, Description: description, Info: info = {}, Type: type = ONLY_TYPE } = input;
  const url = info.LoadTemplateFromURL;
  if (type !== ONLY_TYPE) throw lackingInSandbox('Service Catalog', `provisioning artifacts of type ${type}`);
  if (input.DisableTemplateValidation) throw lackingInSandbox('Service Catalog', 'DisableTemplateValidation');
  if (url === undefined) throw invalidParameters('Info must have LoadTemplateFromURL.');
  const same = former.find((version) => version.template.url === url && (name ?? version.name) === version.name);
  if (same) return { ...same, description };
  const id = newId('pa');
  const template = await readTemplate(sessions, caller, url);
  return { id, name: name ?? id, description, createdTime, template };
}

function described({ id, details, versions }: Product): StackResource {
  return {
    physicalId: id,
    attributes: {
      Id: id,
      ProductName: details.name,
      ProvisioningArtifactIds: versions.map((version) => version.id).join(','),
      ProvisioningArtifactNames: versions.map(({ name }) => name).join(','),
    },
  };
}
