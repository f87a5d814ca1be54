import { S3Client } from '@aws-sdk/client-s3';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims } from '../shared/context/store';
import type { ActionResult, CreateAction, ModelStep } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { environmentsOf } from '../shared/environments';
import { endOfPatchWarning } from '../shared/images/image-table';
import { Images, readImageOverrides } from '../shared/images/images';
import { logger } from '../shared/logging';
import { groupNameOf } from '../shared/names/group-name';
import { packageMetadata } from '../shared/packages/metadata';
import { preparePackage } from '../shared/packing/prepare';
import { step } from '../shared/step';
import { uploadArchive } from './archive/upload-archive';
import { writeArchive } from './archive/write-archive';
import { archiveKey, clientToken } from './identity';

/** `entered` tells a try from another round of the same execution, which must not get a package that was deleted meanwhile. */
type Input = ModelStep & CreateAction & { readonly entered: string };

const s3 = new S3Client({});
/** Kept in hand before the function's end, to abort the upload and say why. */
const CLEAN_UP_MS = 20_000;

/** Packs one version and registers it. A version that is not promoted any more is skipped: the next plan knows. */
export const handler = step<Input, ActionResult>(
  async ({ modelName, version: number, replaces, execution, entered }, context) => {
    await claims().renew(modelName, execution);
    const source = await registry();
    const version = await source.getVersion(modelName, number);
    if (version === undefined || environmentsOf(version).length === 0) {
      return { action: 'create', outcome: 'skipped', version: number };
    }
    const images = new Images(requireEnv('AWS_REGION'), await readImageOverrides());
    const { packaging, image, packing, bytes } = await preparePackage(source, version, images);
    logger.info('image chosen', { image: image.uri, from: image.from, flavor: packing.flavor });
    const warning = endOfPatchWarning(image.uri, new Date());
    if (warning !== undefined) {
      logger.warn(warning, { image: image.uri });
    }
    const groupName = groupNameOf(modelName);
    const target = {
      bucket: requireEnv('ARTIFACT_BUCKET'),
      key: archiveKey(groupName, source.id, version, packing),
    };
    const deadline = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - CLEAN_UP_MS));
    await uploadArchive(
      s3,
      target,
      bytes,
      (destination) =>
        writeArchive(packaging.entries, async (path) => (await source.openFile(version, path)).bytes, destination),
      deadline,
    );
    // A person's decision on a version outlives the package that it was made on.
    const replaced = replaces === undefined ? undefined : await modelPackages().describe(replaces);
    const packageArn = await modelPackages().create({
      approvalStatus: replaced?.approvalStatus ?? 'Approved',
      groupName,
      description: `MLflow model version ${number}`,
      image: image.uri,
      modelDataUrl: `s3://${target.bucket}/${target.key}`,
      environment: packaging.environment,
      metadata: packageMetadata(version, source.id, packing, requireEnv('OWNER'), warning),
      clientToken: clientToken(execution, entered, target.key, image.uri),
    });
    return { action: 'create', outcome: 'done', version: number, packageArn };
  },
  ({ modelName, version, execution }) => ({ model: modelName, version, execution }),
);
