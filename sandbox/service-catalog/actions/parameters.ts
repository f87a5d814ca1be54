import type { DescribeProvisioningParametersInput } from '@aws-sdk/client-service-catalog';
import type { Valid } from '../../aws-json/valid';
import { launchPath } from '../access';
import { findProduct, findVersion } from '../find';
import type { TemplateParameter } from '../templates';
import type { ServiceCatalogContext } from './context';
import { constraintSummaries } from './portfolios';

/** DescribeProvisioningParameters: what a version's template asks for. */
export function describeProvisioningParameters(
  input: Valid<DescribeProvisioningParametersInput>,
  { state, caller }: ServiceCatalogContext,
) {
  const product = findProduct(state, input);
  const { template } = findVersion(product, input);
  const path = launchPath(state, caller, product, input);
  const outputs = Object.entries(template.outputs).map(([Key, { Description }]) => ({ Key, Description }));
  return {
    ProvisioningArtifactParameters: Object.entries(template.parameters).map(described),
    ConstraintSummaries: constraintSummaries(path, product.id),
    UsageInstructions: [],
    TagOptions: [],
    ProvisioningArtifactPreferences: {},
    ProvisioningArtifactOutputs: outputs,
    ProvisioningArtifactOutputKeys: outputs,
  };
}

function described([name, parameter]: [string, TemplateParameter]) {
  return {
    ParameterKey: name,
    DefaultValue: text(parameter.Default),
    ParameterType: parameter.Type,
    IsNoEcho: String(parameter.NoEcho ?? false) === 'true',
    Description: parameter.Description,
    ParameterConstraints: {
      AllowedValues: (parameter.AllowedValues ?? []).map(String),
      AllowedPattern: parameter.AllowedPattern,
      ConstraintDescription: parameter.ConstraintDescription,
      MinLength: text(parameter.MinLength),
      MaxLength: text(parameter.MaxLength),
      MinValue: text(parameter.MinValue),
      MaxValue: text(parameter.MaxValue),
    },
  };
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
