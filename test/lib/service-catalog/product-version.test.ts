import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CloudFormationProduct } from 'aws-cdk-lib/aws-servicecatalog';
import { productVersion, SEED_FILE, TEMPLATE_FILE } from '../../../lib/service-catalog/product-version';
import { seedArchive, seedFiles } from '../../../lib/service-catalog/seed';

/** What the catalog's stack offers for a version with this template and seed. */
function offered(template: object, seed: string) {
  const folder = mkdtempSync(join(tmpdir(), 'version-'));
  writeFileSync(join(folder, TEMPLATE_FILE), JSON.stringify(template));
  writeFileSync(join(folder, SEED_FILE), seed);
  const work = mkdtempSync(join(tmpdir(), 'work-'));
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const version = productVersion(stack, 'RealTimeEndpoint', folder, work);
  new CloudFormationProduct(stack, 'Product', { productName: 'p', owner: 'o', productVersions: [version] });
  const assets = app.synth().getStackArtifact('Stack').assets;
  const completed = JSON.parse(readFileSync(join(work, 'RealTimeEndpoint.product.template.json'), 'utf8'));
  return { completed, assets };
}

const CODE = { S3: { Bucket: 'SEED_BUCKET', Key: 'SEED_KEY' }, BranchName: 'main' };

test('a version says where its seed is, in the account that it is deployed in, and nothing else of it changes', () => {
  const template = { Resources: { R: { Type: 'T', Properties: { Code: CODE, Text: 'of SEED_KEY' } } } };
  const { completed } = offered(template, 'seed');
  const { Code, Text } = completed.Resources.R.Properties;
  expect(JSON.stringify(Code.S3.Bucket)).toMatch(/assets-\$\{AWS::AccountId\}-\$\{AWS::Region\}/);
  expect(Code.S3.Key).toMatch(/^[0-9a-f]{64}\.zip$/);
  expect(Code.BranchName).toBe('main');
  expect(Text).toBe('of SEED_KEY');
});

test('the same version is the same each time; another seed is another key', () => {
  const key = (seed: string) => offered({ Code: CODE }, seed).completed.Code.S3.Key;
  expect(key('seed')).toBe(key('seed'));
  expect(key('seed')).not.toBe(key('other'));
});

test('a repository begins with the application and inference.yaml, and with nothing that tools put there', () => {
  const names = [...seedFiles().keys()];
  expect(names).toEqual(
    expect.arrayContaining(['bin/deployment.ts', 'cdk.json', 'inference.yaml', 'package-lock.json']),
  );
  expect(names.filter((name) => /node_modules|cdk\.out|model-packages\.json/.test(name))).toEqual([]);
});

test('the archive of the same files has the same bytes', async () => {
  expect((await seedArchive()).equals(await seedArchive())).toBe(true);
});
