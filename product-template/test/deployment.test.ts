import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readInference } from '../lib/inference/inference';
import { WrongInput } from '../lib/wrong-input';
import { aPackage, BUILD_ENV, folderWith, SHIPPED_INFERENCE } from './support/fixtures';
import { jsonOf, synthesize } from './support/synth';

const PACKAGES = [aPackage(1, '1', 'Staging Production'), aPackage(2, '2', 'Staging'), aPackage(10, '10', 'Staging')];

/** Every file of a folder with its content. */
function files(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}

test('the same input gives the same bytes, whatever the order of the packages, the folder and the time', () => {
  const first = files(synthesize(BUILD_ENV, folderWith(PACKAGES)).outdir);
  const second = files(synthesize(BUILD_ENV, folderWith([...PACKAGES].reverse())).outdir);
  expect(Object.keys(first).filter((name) => name.endsWith('.template.json'))).toHaveLength(3);
  expect(second).toEqual(first);
});

test('the file in another order or with more in it changes nothing either', () => {
  const folder = folderWith(PACKAGES);
  const path = join(folder, 'model-packages.json');
  const content = JSON.parse(readFileSync(path, 'utf8'));
  const first = files(synthesize(BUILD_ENV, folder).outdir);
  const foreign = aPackage(11, '3', 'Staging', { approval: 'Rejected' });
  writeFileSync(path, JSON.stringify({ ...content, packages: [foreign, ...content.packages.reverse()] }));
  expect(files(synthesize(BUILD_ENV, folder).outdir)).toEqual(first);
});

test('without what was read from the registry there is nothing to synthesize, and it is said what to run', () => {
  const folder = folderWith(PACKAGES);
  rmSync(join(folder, 'model-packages.json'));
  const run = () => synthesize(BUILD_ENV, folder);
  expect(run).toThrow(WrongInput);
  expect(run).toThrow('model-packages.json is missing');
  expect(run).toThrow('`GROUP_NAME=churn npm run read-registry`');
});

test('packages of another group are not deployed', () => {
  const run = () => synthesize({ ...BUILD_ENV, GROUP_NAME: 'other' }, folderWith(PACKAGES));
  expect(run).toThrow('has the packages of group "churn", not of "other"');
});

test.each(['', 'no JSON', 'null', '{"groupName": "churn"}', '[]'])('a file that is not ours is refused: %s', (text) => {
  const folder = folderWith(PACKAGES);
  writeFileSync(join(folder, 'model-packages.json'), text);
  expect(() => synthesize(BUILD_ENV, folder)).toThrow('was not written by read-registry');
});

test('without inference.yaml nothing is synthesized', () => {
  const folder = folderWith(PACKAGES);
  rmSync(join(folder, 'inference.yaml'));
  expect(() => synthesize(BUILD_ENV, folder)).toThrow('inference.yaml is missing');
});

test('a mistake in inference.yaml stops synthesis, also where nothing is in that environment', () => {
  const folder = folderWith([], `${SHIPPED_INFERENCE}\nCanary: {}`);
  expect(() => synthesize(BUILD_ENV, folder)).toThrow('Canary ({}): no such key.');
});

const SERVERLESS = 'Staging: { InstanceType: ml.m5.large }\nProduction: { ServerlessMaxConcurrency: 7 }';
const REAL_TIME = 'Staging: { InstanceType: ml.m5.large }\nProduction: { InstanceType: ml.m5.large }';

test('files that are in no archive are deployed on instances like any other model', () => {
  const packages = [aPackage(1, '1', 'Staging Production', { uncompressed: true })];
  const { stack } = synthesize(BUILD_ENV, folderWith(packages, REAL_TIME));
  const archived = synthesize(BUILD_ENV, folderWith([aPackage(1, '1', 'Staging Production')], REAL_TIME));
  expect(jsonOf(stack)).toEqual(jsonOf(archived.stack));
});

test('files that are in no archive stop a serverless deployment, with each version, the key, its value and the ways out', () => {
  const packages = [
    aPackage(1, '1', 'Staging', { uncompressed: true }),
    aPackage(2, '2', 'Production'),
    aPackage(3, '3', 'Production', { uncompressed: true }),
    aPackage(4, '4', 'Staging Production', { uncompressed: true }),
  ];
  const run = () => synthesize(BUILD_ENV, folderWith(packages, SERVERLESS));
  expect(run).toThrow(WrongInput);
  expect(run).toThrow(
    'inference.yaml cannot be deployed:\n' +
      '  - version 3: its files are not in an archive, and Production.ServerlessMaxConcurrency (7) makes its endpoint ' +
      'serverless, which takes archives only\n' +
      '  - version 4: its files are not in an archive, and Production.ServerlessMaxConcurrency (7) makes its endpoint ' +
      'serverless, which takes archives only\n' +
      'Give the environment an InstanceType in place of its Serverless keys, or take the tag sagemaker_deploy_model_data ' +
      '(uncompressed) away from the version or its model in MLflow.',
  );
});

test.each([undefined, ''])('a build without the name of its stack is refused (%j)', (STACK_NAME) => {
  expect(() => synthesize({ GROUP_NAME: 'churn', STACK_NAME }, folderWith([]))).toThrow('STACK_NAME is not set');
});

test.each(['Churn', 'a_b', '-a', 'x'.repeat(64), 'a/b'])('"%s" is no name of a group', (GROUP_NAME) => {
  expect(() => synthesize({ ...BUILD_ENV, GROUP_NAME }, folderWith([]))).toThrow(`GROUP_NAME is "${GROUP_NAME}"`);
});

test("the README's examples of inference.yaml are right", () => {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(examples.length).toBeGreaterThan(2);
  for (const example of examples) {
    expect(() => readInference(example)).not.toThrow();
  }
});

describe('a model that its endpoint has no room for stops synthesis', () => {
  const sized = (environment: string, gigabytes: number) =>
    aPackage(1, '4', environment, { metadata: { mlflow_mlops_bytes: String(gigabytes * 1024 ** 3) } });
  const run = (environment: string, gigabytes: number, inference: string) => () =>
    synthesize(BUILD_ENV, folderWith([sized(environment, gigabytes)], inference));

  test('a serverless endpoint has a disk of 5 GB', () => {
    expect(run('Production', 5, SERVERLESS)).not.toThrow();
    expect(run('Production', 5.5, SERVERLESS)).toThrow(
      'version 4: its files have 5.5 GB, and Production.ServerlessMaxConcurrency (7) makes its endpoint serverless, ' +
        'whose disk has 5.0 GB. Set Production.InstanceType in place of the Serverless keys.',
    );
    expect(run('Staging', 5.5, SERVERLESS)).not.toThrow();
  });

  test('a serverless endpoint has an image of at most 10 GB', () => {
    const withImage = (environment: string, gigabytes: number, inference: string) => () => {
      const metadata = { mlflow_mlops_image_bytes: String(gigabytes * 1024 ** 3) };
      return synthesize(BUILD_ENV, folderWith([aPackage(1, '4', environment, { metadata })], inference));
    };
    expect(withImage('Production', 10, SERVERLESS)).not.toThrow();
    expect(withImage('Production', 10.5, SERVERLESS)).toThrow(
      'version 4: its image has 10.5 GB, and Production.ServerlessMaxConcurrency (7) makes its endpoint serverless, whose ' +
        'images have at most 10.0 GB. Set Production.InstanceType in place of the Serverless keys, or log the model with fewer packages.',
    );
    expect(withImage('Production', 10.5, REAL_TIME)).not.toThrow();
    expect(withImage('Staging', 10.5, SERVERLESS)).not.toThrow();
  });

  test('a real-time endpoint holds what its largest volume or its local disk holds', () => {
    expect(run('Production', 6, REAL_TIME)).not.toThrow();
    expect(run('Staging', 300, SERVERLESS)).toThrow('Take an instance type with a local disk');
    expect(run('Staging', 300, SERVERLESS.replace('ml.m5.large', 'ml.g5.12xlarge'))).not.toThrow();
  });

  test('a package that does not say its size is deployed', () => {
    expect(() => synthesize(BUILD_ENV, folderWith([aPackage(1, '4', 'Production')], SERVERLESS))).not.toThrow();
  });
});
