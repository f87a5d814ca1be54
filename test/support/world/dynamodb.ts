import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DeleteCommandInput, GetCommandInput, QueryCommandInput, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

type Item = Record<string, unknown>;
type Values = Record<string, unknown>;

/** One table in memory, with as much of DynamoDB's expressions as the stores use. What it does not know it refuses. */
export class Table {
  readonly items = new Map<string, Item>();

  get({ Key }: GetCommandInput): { Item?: Item } {
    const item = this.items.get(keyOf(Key));
    return item === undefined ? {} : { Item: structuredClone(item) };
  }

  query({ ExpressionAttributeValues = {}, FilterExpression }: QueryCommandInput): { Items: Item[] } {
    const partition = [...this.items.values()].filter(({ pk }) => pk === ExpressionAttributeValues[':pk']);
    const found = partition.filter((item) => holds(FilterExpression, item, ExpressionAttributeValues, {}));
    return { Items: structuredClone(found).sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)) };
  }

  update(input: UpdateCommandInput): { Attributes: Item } {
    const { Key, ExpressionAttributeValues: values = {}, ExpressionAttributeNames: names = {} } = input;
    const before = this.items.get(keyOf(Key));
    this.check(input.ConditionExpression, before, values, names);
    const after = changed({ ...Key, ...before }, String(input.UpdateExpression), values, names);
    this.items.set(keyOf(Key), after);
    return { Attributes: structuredClone(after) };
  }

  delete({ Key, ConditionExpression, ExpressionAttributeValues = {} }: DeleteCommandInput): object {
    this.check(ConditionExpression, this.items.get(keyOf(Key)), ExpressionAttributeValues, {});
    this.items.delete(keyOf(Key));
    return {};
  }

  private check(condition: string | undefined, item: Item | undefined, values: Values, names: Record<string, string>) {
    if (!holds(condition, item ?? {}, values, names)) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(typeof item?.holder === 'string' ? { Item: { holder: { S: item.holder } } } : {}),
      });
    }
  }
}

function keyOf(key: Record<string, unknown> | undefined): string {
  return JSON.stringify([key?.pk, key?.sk]);
}

/** Whether a condition of ANDs and ORs holds; an AND binds closer, and there are no brackets but those of functions and lists. */
function holds(condition: string | undefined, item: Item, values: Values, names: Record<string, string>): boolean {
  return (
    condition === undefined ||
    condition.split(' OR ').some((or) => or.split(' AND ').every((one) => holdsOne(one.trim(), item, values, names)))
  );
}

function holdsOne(condition: string, item: Item, values: Values, names: Record<string, string>): boolean {
  const attribute = (name = '') => item[names[name] ?? name];
  const exists = /^attribute_exists\((\S+)\)$/.exec(condition);
  const missing = /^attribute_not_exists\((\S+)\)$/.exec(condition);
  const among = /^(\S+) IN \((.+)\)$/.exec(condition);
  const compared = /^(\S+) (=|<|>=) (:\w+)$/.exec(condition);
  if (exists || missing) {
    return (attribute((exists ?? missing)?.[1]) !== undefined) === (exists !== null);
  }
  if (among) {
    return (among[2] ?? '').split(', ').some((name) => attribute(among[1]) === values[name]);
  }
  if (!compared) {
    throw new Error(`the table does not know the condition ${condition}`);
  }
  const [, name, operator, value = ''] = compared;
  const [left, right] = [attribute(name), values[value]];
  if (operator === '=') {
    return left !== undefined && left === right;
  }
  // A comparison with what is not there does not hold.
  return left !== undefined && (operator === '<' ? Number(left) < Number(right) : Number(left) >= Number(right));
}

function changed(item: Item, expression: string, values: Values, names: Record<string, string>): Item {
  const after = structuredClone(item);
  const clauses = expression.split(/\s*\b(SET|REMOVE|ADD|DELETE)\b\s*/).slice(1);
  for (let index = 0; index < clauses.length; index += 2) {
    for (const part of (clauses[index + 1] ?? '').split(/,\s*(?![^(]*\))/)) {
      apply(clauses[index] ?? '', part.trim(), after, values, names);
    }
  }
  return after;
}

function apply(clause: string, part: string, item: Item, values: Values, names: Record<string, string>): void {
  const [first = '', ...rest] = part.split(/\s*=\s*|\s+/);
  const name = names[first] ?? first;
  const operand = rest.join(' ');
  const optional = /^if_not_exists\((\S+), (:\w+)\)$/.exec(operand);
  // An operand is a value, or another attribute as it was before: a clause that removes it comes later.
  const value = structuredClone(values[optional?.[2] ?? operand] ?? (clause === 'SET' ? item[operand] : undefined));
  if (clause !== 'REMOVE' && value === undefined) {
    throw new Error(`the table does not know the operand ${operand} of ${clause}`);
  }
  switch (clause) {
    case 'SET':
      item[name] = optional && item[name] !== undefined ? item[name] : value;
      break;
    case 'REMOVE':
      delete item[name];
      break;
    case 'ADD':
      item[name] =
        value instanceof Set
          ? new Set([...((item[name] as Set<string>) ?? []), ...value])
          : Number(item[name] ?? 0) + Number(value);
      break;
    default: {
      const left = [...((item[name] as Set<string>) ?? [])].filter((one) => !(value as Set<string>).has(one));
      if (left.length > 0) {
        item[name] = new Set(left);
      } else {
        // DynamoDB drops a set with its last member.
        delete item[name];
      }
    }
  }
}
