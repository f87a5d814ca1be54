import type { NamedTemplate } from './every-template';
import type { Statement } from './policies';
import type { Resource } from './product-template';

/** A policy that says what its holder may do, as a template has it. */
export interface IdentityPolicy {
  /** Stack and logical id, without the hash, of the role or managed policy. */
  readonly holder: string;
  readonly document: { readonly Version: string; readonly Statement: readonly Statement[] };
  readonly metadata: NonNullable<Resource['Metadata']>;
  readonly template: NamedTemplate;
}

/** The identity policies of a template: those of roles, within them and beside them, and managed ones. */
export function identityPolicies(template: NamedTemplate): IdentityPolicy[] {
  return Object.entries(template.resources).flatMap(([id, { Type, Properties, Metadata = {} }]) =>
    documentsOf(Type, Properties).map((document) => ({
      holder: `${template.stack}/${plainId(holderOf(Properties) ?? id)}`,
      document: document as IdentityPolicy['document'],
      metadata: Metadata,
      template,
    })),
  );
}

/** A logical id without the hash that CDK puts at its end. */
export function plainId(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function documentsOf(type: string, properties: Readonly<Record<string, unknown>> = {}): unknown[] {
  switch (type) {
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy':
      return [properties.PolicyDocument];
    case 'AWS::IAM::Role':
      return ((properties.Policies ?? []) as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument);
    default:
      return [];
  }
}

function holderOf({ Roles }: Readonly<Record<string, unknown>> = {}): string | undefined {
  return (Roles as { Ref?: string }[] | undefined)?.[0]?.Ref;
}
