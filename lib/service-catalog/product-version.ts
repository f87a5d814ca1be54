import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { type CloudFormationProductVersion, CloudFormationTemplate } from 'aws-cdk-lib/aws-servicecatalog';

/** The files of a version: what the product's template is, and what a new repository holds. */
export const TEMPLATE_FILE = 'template.json';
export const SEED_FILE = 'seed.zip';

/** Stand in a version's template for where the seed is, which only the app knows that is deployed. */
export const SEED_BUCKET = 'SEED_BUCKET';
export const SEED_KEY = 'SEED_KEY';

/**
 * A version of the product as the catalog's stack offers it: its seed as an asset, so that it stays in the account's bucket as
 * long as the version is offered, and its template with the seed's place filled in.
 *
 * @param folder holds the version's {@link TEMPLATE_FILE} and {@link SEED_FILE}
 * @param work a folder for the completed template
 */
export function productVersion(stack: Stack, name: string, folder: string, work: string): CloudFormationProductVersion {
  const seed = new Asset(stack, `Seed${name}`, { path: join(folder, SEED_FILE) });
  const place = { [SEED_BUCKET]: stack.resolve(seed.s3BucketName), [SEED_KEY]: stack.resolve(seed.s3ObjectKey) };
  // The product's template is a file, and `cdk gc` looks for what is still in use in stacks only.
  stack.addMetadata(`Seed${name}`, { Key: place[SEED_KEY] });
  const template: unknown = JSON.parse(readFileSync(join(folder, TEMPLATE_FILE), 'utf8'));
  mkdirSync(work, { recursive: true });
  const completed = join(work, `${name}.product.template.json`);
  writeFileSync(completed, JSON.stringify(filledIn(template, place), null, 1));
  return { productVersionName: name, cloudFormationTemplate: CloudFormationTemplate.fromAsset(completed) };
}

/** A template in which each text that is a key of `place` became its value. */
function filledIn(node: unknown, place: Readonly<Record<string, unknown>>): unknown {
  if (typeof node === 'string') {
    return Object.hasOwn(place, node) ? place[node] : node;
  }
  if (Array.isArray(node)) {
    return node.map((item) => filledIn(item, place));
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, filledIn(value, place)]));
}
