import { randomInt } from 'node:crypto';
import type { Caller } from '../aws-json/caller';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 13;

/** A new identifier as Service Catalog makes them: `prod-4gbgxlxkpyg6q`. */
export function newId(prefix: 'port' | 'prod' | 'prodview' | 'pa' | 'cons' | 'pp' | 'rec'): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return `${prefix}-${letters.join('')}`;
}

/** The ARN of a portfolio or a product. */
export function catalogArn({ account, region }: Caller, type: 'portfolio' | 'product', id: string): string {
  return `arn:aws:catalog:${region}:${account}:${type}/${id}`;
}

/** The ARN of a provisioned product. */
export function provisionedArn({ account, region }: Caller, name: string, id: string): string {
  return `arn:aws:servicecatalog:${region}:${account}:stack/${name}/${id}`;
}
