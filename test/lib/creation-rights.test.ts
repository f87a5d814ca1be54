import { everyTemplate, type NamedTemplate } from '../support/every-template';
import type { Resource } from '../support/product-template';

type Ordered = Resource & { readonly DependsOn?: string | string[] };

interface Waiting {
  readonly template: NamedTemplate;
  readonly id: string;
  readonly resource: Ordered;
  readonly role: string;
}

// Lambda checks the right to send to a dead-letter queue at CreateFunction, Step Functions the right to deliver logs at
// CreateStateMachine, and a custom resource calls its function at once. CloudFormation orders a policy before others only by
// DependsOn.
test('policies are created before what needs their rights at its own creation', () => {
  const waiting = everyTemplate().flatMap((template) =>
    entries(template).flatMap(([id, resource]) => {
      const role = roleAtCreation(template, resource);
      return role === undefined ? [] : [{ template, id, resource, role }];
    }),
  );
  expect(new Set(waiting.map(({ resource }) => resource.Type))).toEqual(
    new Set(['AWS::CloudFormation::CustomResource', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine']),
  );
  expect(waiting.flatMap(missing)).toEqual([]);
}, 300_000);

/** The role whose rights are used when the resource is created. */
function roleAtCreation({ resources }: NamedTemplate, { Type, Properties }: Ordered): string | undefined {
  if (Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource') {
    return target(resources[target(Properties.ServiceToken)]?.Properties.Role);
  }
  const { DeadLetterConfig, VpcConfig, LoggingConfiguration } = Properties;
  if (Type === 'AWS::Lambda::Function' && (DeadLetterConfig !== undefined || VpcConfig !== undefined)) {
    return target(Properties.Role);
  }
  return Type === 'AWS::StepFunctions::StateMachine' && LoggingConfiguration !== undefined
    ? target(Properties.RoleArn)
    : undefined;
}

function entries({ resources }: NamedTemplate): [string, Ordered][] {
  return Object.entries(resources);
}

/** Policies of the role that the resource does not wait for. Those that refer to it can only come after it. */
function missing({ template, id, resource, role }: Waiting): string[] {
  const awaited = [resource.DependsOn ?? []].flat();
  return entries(template)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (Properties.Roles as unknown[]).some((one) => target(one) === role))
    .filter(
      ([, { Properties }]) =>
        !JSON.stringify(Properties).includes(`["${id}",`) && !JSON.stringify(Properties).includes(`{"Ref":"${id}"}`),
    )
    .filter(([policy]) => !awaited.includes(policy))
    .map(([policy]) => `${template.stack}: ${id} does not wait for ${policy}`);
}

/** The resource that a `Ref` or an `Fn::GetAtt` means. */
function target(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return Ref ?? attribute?.[0] ?? '';
}
