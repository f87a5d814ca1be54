import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListeningServer } from '../../../../sandbox/aws-json/server';
import { CODE_BUILD_ACTIONS } from '../../../../sandbox/developer-tools/codebuild/actions';
import { CODE_COMMIT_ACTIONS } from '../../../../sandbox/developer-tools/codecommit/actions';
import { CODE_PIPELINE_ACTIONS } from '../../../../sandbox/developer-tools/codepipeline/actions';
import { startDeveloperTools } from '../../../../sandbox/developer-tools/server';
import { NOWHERE } from '../parts';
import { casesOf } from '../sagemaker/conformance/cases';
import { Model } from '../sagemaker/conformance/service-model';
import { difference, Wire } from '../sagemaker/conformance/wire';
import { requirePython } from '../sagemaker/stage';

jest.setTimeout(60_000);

/*
 * Every constraint of botocore's models of every action, broken once, and every edge of it kept, over the wire: as for SageMaker
 * (sagemaker-conformance.test.ts).
 */

const SERVICES = {
  codecommit: { prefix: 'CodeCommit_20150413', signingName: 'codecommit', actions: CODE_COMMIT_ACTIONS },
  codebuild: { prefix: 'CodeBuild_20161006', signingName: 'codebuild', actions: CODE_BUILD_ACTIONS },
  codepipeline: { prefix: 'CodePipeline_20150709', signingName: 'codepipeline', actions: CODE_PIPELINE_ACTIONS },
};
type Service = keyof typeof SERVICES;

let folder: string;
let server: ListeningServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  server = await startDeveloperTools({
    port: 0,
    python: requirePython(),
    awsEndpoint: NOWHERE,
    endpoints: {},
    repositories: join(folder, 'repositories'),
    environmentFolders: join(folder, 'images'),
    workDir: join(folder, 'work'),
    machine: {},
    log: () => undefined,
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

let total = 0;
const each = Object.entries(SERVICES).flatMap(([service, { actions }]) =>
  [...actions.keys()].map((action) => [service as Service, action] as const),
);

test.each(each)('%s %s takes and refuses what the model says', async (service, action) => {
  const model = await Model.load(requirePython(), service);
  const wire = new Wire(server.url, SERVICES[service]);
  const cases = [...casesOf(model, action)];
  total += cases.length;
  const differences: string[] = [];
  for (let start = 0; start < cases.length; start += 32) {
    const slice = cases.slice(start, start + 32);
    const answers = await Promise.all(slice.map(({ input }) => wire.call(action, input)));
    for (const [index, answer] of answers.entries()) {
      const found = difference(answer, slice[index]?.refusal);
      if (found !== undefined) differences.push(`${slice[index]?.what}: ${found}`);
    }
  }
  wire.close();
  expect(cases.length).toBeGreaterThan(4);
  expect(differences.slice(0, 20)).toEqual([]);
});

test('many requests were made', () => {
  process.stdout.write(`Developer tools conformance: ${total} generated requests\n`);
  expect(total).toBeGreaterThan(1_000);
});
