import { Aws } from 'aws-cdk-lib';
import { EndpointType, IpAddressType, type RestApi, type RestApiProps } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint, type IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ApiSetting } from '../settings';

/** How an API is made so that only those reach it who may. All others get 403 from API Gateway, which runs nothing for them. */
export function endpointFor(
  scope: Construct,
  api: ApiSetting,
): Pick<RestApiProps, 'endpointTypes' | 'endpointConfiguration' | 'policy'> {
  switch (api.kind) {
    case 'public':
      return { endpointTypes: [EndpointType.REGIONAL] };
    case 'addresses':
      return {
        // Without it nobody reaches the API over IPv6, whatever the list says.
        endpointConfiguration: {
          types: [EndpointType.REGIONAL],
          ipAddressType: api.allow.some((range) => range.includes(':')) ? IpAddressType.DUAL_STACK : IpAddressType.IPV4,
        },
        policy: onlyFrom('NotIpAddress', 'aws:SourceIp', api.allow),
      };
    case 'private':
      return {
        endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints: endpoints(scope, api.vpcEndpoints) },
        policy: onlyFrom('StringNotEquals', 'aws:SourceVpce', api.vpcEndpoints),
      };
  }
}

/**
 * The address that registries deliver to. A private API has one for each of its VPC endpoints, which needs no private DNS in the
 * caller's network (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html).
 */
export function webhookUrl(rest: RestApi, api: ApiSetting): string {
  const path = '/webhook';
  if (api.kind !== 'private') {
    return rest.urlForPath(path);
  }
  const host = `${rest.restApiId}-${api.vpcEndpoints[0]}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  return `https://${host}/${rest.deploymentStage.stageName}${path}`;
}

/** Allows everybody, and refuses those for whom the condition holds (developerguide/apigateway-resource-policies-examples.html). */
function onlyFrom(condition: string, key: string, values: readonly string[]): PolicyDocument {
  const invoke = { principals: [new AnyPrincipal()], actions: ['execute-api:Invoke'], resources: ['execute-api:/*'] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement(invoke),
      new PolicyStatement({ ...invoke, effect: Effect.DENY, conditions: { [condition]: { [key]: values } } }),
    ],
  });
}

function endpoints(scope: Construct, ids: readonly string[]): IVpcEndpoint[] {
  return ids.map((vpcEndpointId) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, vpcEndpointId, { vpcEndpointId, port: 443 }),
  );
}
