import { covers, type Statement } from './policies';

/** A statement of a policy with its ARNs resolved. */
interface Resolved extends Omit<Statement, 'Action' | 'Resource'> {
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
}

export interface PolicyDocument {
  readonly Statement: readonly Resolved[];
}

/** A call, with the condition keys that IAM would know of it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** Who calls: its identity policies, and its permissions boundary if it has one. */
export interface Principal {
  readonly policies: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
}

/**
 * Whether IAM allows a call within one account: a deny wins, and the boundary has to allow what the policies allow
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 *
 * @throws Error for a condition operator that this does not know
 */
export function isAllowed({ policies, boundary }: Principal, request: Request): boolean {
  const all = [...policies, ...(boundary ? [boundary] : [])].flatMap(({ Statement }) => Statement);
  const denied = all.some((one) => one.Effect === 'Deny' && applies(one, request));
  return !denied && allows(policies, request) && (boundary === undefined || allows([boundary], request));
}

function allows(policies: readonly PolicyDocument[], request: Request): boolean {
  return policies.some(({ Statement }) => Statement.some((one) => one.Effect === 'Allow' && applies(one, request)));
}

function applies(one: Resolved, { action, resource, context = {} }: Request): boolean {
  return (
    named(one.Action, one.NotAction, action, true) &&
    named(one.Resource, one.NotResource, resource, false) &&
    Object.entries(one.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => holds(operator, valuesOf(expected), context[key])),
    )
  );
}

/** Actions are compared without regard to case, ARNs with it. */
function named(
  names: string | string[] | undefined,
  except: string | string[] | undefined,
  text: string,
  ignoreCase: boolean,
): boolean {
  const plain = (one: string) => (ignoreCase ? one.toLowerCase() : one);
  const matches = (patterns: string | string[]) =>
    [patterns].flat().some((pattern) => covers(plain(pattern), plain(text)));
  return except === undefined ? matches(names ?? []) : !matches(except);
}

function holds(operator: string, expected: readonly string[], actual: string | string[] | undefined): boolean {
  const values = [actual ?? []].flat();
  switch (operator) {
    case 'Null':
      return expected.includes(String(values.length === 0));
    // A key that the request does not have is no match.
    case 'StringEquals':
    case 'Bool':
    case 'ForAnyValue:StringEquals':
      return values.some((value) => expected.includes(value));
    case 'StringNotEquals':
      return !values.some((value) => expected.includes(value));
    case 'StringLike':
    // Both allow wildcards.
    case 'ArnEquals':
    case 'ArnLike':
      return values.some((value) => expected.some((pattern) => covers(pattern, value)));
    case 'StringNotLike':
    case 'ArnNotLike':
      return !values.some((value) => expected.some((pattern) => covers(pattern, value)));
    default:
      throw new Error(`simulate.ts does not know the condition operator ${operator}: add it there`);
  }
}

function valuesOf(expected: unknown): string[] {
  return [expected].flat().map(String);
}
