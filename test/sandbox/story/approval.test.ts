import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { type ModelApprovalStatus, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { deployableSet } from '../../../product-template/lib/deployable/deployable';
import { approvedPackages } from '../../../product-template/lib/registry/approved-packages';
import { listPackages } from '../../../sandbox/demo/packages';
import { setAlias, setTag } from '../../../sandbox/demo/registry';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { OWNER } from '../../support/owner';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/** The functions that the setting `mlflow-mlops:approval` reaches, by how their descriptions begin. */
const ASKED = ['Compares both registries', 'Repacks one version', "Brings a package's metadata"];

let stage: Stage;
let lambda: LambdaClient;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  lambda = new LambdaClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  await stage.model();
  await ask('Production');
}, UP_TIMEOUT_MS);

afterAll(async () => {
  await ask('');
  lambda.destroy();
}, 60_000);

/** What the stack would tell its functions, had it been deployed with another `mlflow-mlops:approval`. */
async function ask(environments: string): Promise<void> {
  await stage.idle();
  for await (const { Functions } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName, Description } of Functions ?? []) {
      if (ASKED.some((beginning) => Description?.startsWith(beginning))) {
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        const Variables = { ...Environment?.Variables, MANUAL_APPROVAL: environments };
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
      }
    }
  }
}

/** What the model's pipeline would deploy now: it reads the registry by these same functions. */
async function deployed(group: string): Promise<string[]> {
  const packages = await approvedPackages(stage.aws.sageMaker, group);
  return deployableSet(packages, OWNER).map(({ environment, packageArn }) => `${environment} ${packageArn}`);
}

/** The packages of a model that has one version, after a sync, without superseded ones. */
async function synced(name: string, group: string) {
  await stage.sync({ modelName: name });
  const packages = await listPackages(stage.aws, group);
  return packages
    .filter(({ metadata }) => metadata.mlflow_superseded_at === undefined)
    .map(({ arn, metadata, described }) => ({
      arn,
      environments: metadata.mlflow_environments,
      approval: described.ModelApprovalStatus,
    }))
    .sort((one, other) => (one.arn < other.arn ? -1 : 1));
}

async function decide(arn: string, approval: ModelApprovalStatus): Promise<void> {
  await stage.aws.sageMaker.send(
    new UpdateModelPackageCommand({ ModelPackageArn: arn, ModelApprovalStatus: approval }),
  );
}

test('what is promoted to Production waits for a person, and what is in Staging stays there meanwhile', async () => {
  const name = stage.name('asked');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  await setAlias(stage.env, name, version, 'staging');
  const [first, ...none] = await synced(name, group);
  expect([first?.approval, none]).toEqual(['Approved', []]);
  expect(await deployed(group)).toEqual([`Staging ${first?.arn}`]);

  await setAlias(stage.env, name, version, 'production');
  const [standing, waiting, ...others] = await synced(name, group);
  expect([standing, others]).toEqual([first, []]);
  expect(waiting).toMatchObject({ environments: 'Staging Production', approval: 'PendingManualApproval' });
  expect(await deployed(group)).toEqual([`Staging ${first?.arn}`]);

  await decide(waiting?.arn ?? '', 'Approved');
  expect(await deployed(group)).toEqual([`Staging ${waiting?.arn}`, `Production ${waiting?.arn}`]);
  expect(await synced(name, group)).toEqual([{ ...waiting, approval: 'Approved' }]);
}, 180_000);

test('other bytes of an approved version wait again, and what was approved stays deployed', async () => {
  const name = stage.name('again');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  await setAlias(stage.env, name, version, 'production');
  const [first] = await synced(name, group);
  expect(first?.approval).toBe('PendingManualApproval');
  expect(await deployed(group)).toEqual([]);
  await decide(first?.arn ?? '', 'Approved');

  await setTag(stage.env, name, version, 'sagemaker_deploy_flavor', 'sklearn');
  const [standing, waiting, ...others] = await synced(name, group);
  expect([standing, others]).toEqual([{ ...first, approval: 'Approved' }, []]);
  expect(waiting?.approval).toBe('PendingManualApproval');
  for (const decision of ['PendingManualApproval', 'Rejected'] as const) {
    await decide(waiting?.arn ?? '', decision);
    expect(await synced(name, group)).toHaveLength(2);
    expect(await deployed(group)).toEqual([`Production ${first?.arn}`]);
  }

  await decide(waiting?.arn ?? '', 'Approved');
  expect(await synced(name, group)).toEqual([{ ...waiting, approval: 'Approved' }]);
  expect(await deployed(group)).toEqual([`Production ${waiting?.arn}`]);
}, 180_000);
