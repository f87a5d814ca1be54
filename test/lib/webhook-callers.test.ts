import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synth';

const REST_API = 'AWS::ApiGateway::RestApi';
const ALLOWED = Match.objectLike({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'execute-api:Invoke' });
const VPC_ENDPOINTS = ['vpce-0123456789abcdef0', 'vpce-0fedcba9876543210'];

const denied = (condition: object) =>
  Match.objectLike({ Effect: 'Deny', Principal: { AWS: '*' }, Condition: condition });
const synthesized = (api?: unknown) => synthesize(api === undefined ? {} : { api }).modelSync;

/** A stage keeps the policy that it was deployed with. */
function deploymentOf(template: Template): string | undefined {
  return Object.keys(template.findResources('AWS::ApiGateway::Deployment'))[0];
}

/** What the environment of the functions that enrol says of where deliveries go to. */
function registeredUrls(template: Template): unknown[] {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  return functions.flatMap(({ Properties }) => Properties.Environment?.Variables?.WEBHOOK_URL ?? []);
}

test('by default everybody may deliver, and the signature decides', () => {
  const template = synthesized();
  template.hasResourceProperties(REST_API, {
    EndpointConfiguration: { Types: ['REGIONAL'] },
    Policy: Match.absent(),
  });
}, 60_000);

describe('an allow list', () => {
  test('refuses every other address, at the edge', () => {
    const allow = ['203.0.113.0/24', '198.51.100.7/32'];
    const template = synthesized({ allow });
    template.hasResourceProperties(REST_API, {
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'ipv4' },
      Policy: { Statement: [ALLOWED, denied({ NotIpAddress: { 'aws:SourceIp': allow } })] },
    });
    expect(deploymentOf(template)).not.toBe(deploymentOf(synthesized()));
    expect(registeredUrls(template)).toEqual(registeredUrls(synthesized()));
  }, 60_000);

  test('with an address of IPv6 is reachable over it', () => {
    synthesized({ allow: ['203.0.113.0/24', '2001:db8::/32'] }).hasResourceProperties(REST_API, {
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
    });
  }, 60_000);
});

test('a private API is reached through its VPC endpoints alone, and registered by the address of the first', () => {
  const template = synthesized({ vpcEndpoints: VPC_ENDPOINTS });
  template.hasResourceProperties(REST_API, {
    EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: VPC_ENDPOINTS },
    Policy: { Statement: [ALLOWED, denied({ StringNotEquals: { 'aws:SourceVpce': VPC_ENDPOINTS } })] },
  });
  expect(deploymentOf(template)).not.toBe(deploymentOf(synthesized()));
  const [url, ...others] = registeredUrls(template).map((one) => JSON.stringify(one));
  expect(others).toEqual([url]);
  expect(url).toMatch(
    /\["https:\/\/",{"Ref":"WebhookApi\w+"},"-vpce-0123456789abcdef0\.execute-api\.",{"Ref":"AWS::Region"},"\.",{"Ref":"AWS::URLSuffix"},"\/",{"Ref":"\w+Stage\w+"},"\/webhook"\]/,
  );
  template.hasOutput('WebhookUrl', { Value: JSON.parse(url ?? '') });
}, 60_000);
