import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { SandboxContext, SandboxEnv } from '../../sandbox/cli/context';
import { enrolModel, unenrolModel } from '../../sandbox/demo/enrolment';
import { listPackages } from '../../sandbox/demo/packages';
import { transitionStage } from '../../sandbox/demo/registry';
import { until } from '../../sandbox/demo/until';
import { Stage } from './stories';

/** A build has to share the machine with everything that comes up. */
const BUILD_MS = 300_000;

/**
 * Has the image built that the stories' scikit-learn models share, once for a sandbox: no story but those of environment images waits
 * for a build then.
 */
export async function buildStoriesImage({ env, openSource }: SandboxContext): Promise<void> {
  await Promise.all([buildFor(env), buildFor(openSource)]);
}

async function buildFor(env: SandboxEnv): Promise<void> {
  const stage = new Stage(env);
  const list = new ListObjectsV2Command({ Bucket: env.ARTIFACT_BUCKET, Prefix: 'environments/' });
  const { Contents = [] } = await stage.aws.s3.send(list);
  if (Contents.some(({ Key }) => Key?.endsWith('/result.json'))) return;
  const name = stage.name('image');
  const stack = stage.name('image-enrolment');
  const version = await stage.register(name);
  await transitionStage(env, name, version, 'Staging');
  const group = await enrolModel(stage.aws, stack, name);
  await until(
    'the package with the first environment image',
    async () => (await listPackages(stage.aws, group)).length > 0,
    BUILD_MS,
  );
  await transitionStage(env, name, version, 'Archived');
  // MLflow sends no webhook for stages.
  await stage.sync({ modelName: name });
  await stage.idle();
  await unenrolModel(stage.aws, stack);
  await stage.idle();
}
