import { S3Client } from '@aws-sdk/client-s3';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims } from '../shared/context/store';
import type { ActionResult, CreateAction, ModelStep } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { environmentsOf } from '../shared/environments';
import { chooseImage, readImageOverrides } from '../shared/images/image-choice';
import { groupNameOf } from '../shared/packages/group-name';
import { packageMetadata } from '../shared/packages/metadata';
import { step } from '../shared/step';
import { uploadArchive } from './archive/upload-archive';
import { writeArchive } from './archive/write-archive';
import { archiveKey, clientToken } from './identity';
import { packVersion } from './pack-version';

type Input = ModelStep & CreateAction;

const s3 = new S3Client({});
/** Kept in hand before the function's end, to abort the upload and say why. */
const CLEAN_UP_MS = 20_000;

/** Packs one version and registers it. A version that is not promoted any more is skipped: the next plan knows. */
export const handler = step<Input, ActionResult>(
  async ({ modelName, version: number, replaces, execution }, context) => {
    await claims().renew(modelName, execution);
    const source = await registry();
    const version = await source.getVersion(modelName, number);
    if (version === undefined || environmentsOf(version).length === 0) {
      return { action: 'create', outcome: 'skipped', version: number };
    }
    const { flavor, packaging } = await packVersion(source, version);
    const image = chooseImage(
      flavor.name,
      packaging.frameworkVersion,
      requireEnv('AWS_REGION'),
      await readImageOverrides(),
    );
    const groupName = groupNameOf(modelName);
    const target = {
      bucket: requireEnv('ARTIFACT_BUCKET'),
      key: archiveKey(groupName, source.id, version, flavor.packing),
    };
    const bytes = packaging.entries.reduce(
      (sum, entry) => sum + ('size' in entry ? entry.size : entry.content.length),
      0,
    );
    const deadline = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - CLEAN_UP_MS));
    await uploadArchive(
      s3,
      target,
      bytes,
      (destination) => writeArchive(packaging.entries, (path) => source.openFile(version, path), destination),
      deadline,
    );
    const packing = { flavor: flavor.name, frameworkVersion: packaging.frameworkVersion, packing: flavor.packing };
    // A person's decision on a version outlives the package that it was made on.
    const replaced = replaces === undefined ? undefined : await modelPackages().describe(replaces);
    const packageArn = await modelPackages().create({
      approvalStatus: replaced?.approvalStatus ?? 'Approved',
      groupName,
      description: `MLflow model version ${number}`,
      image,
      modelDataUrl: `s3://${target.bucket}/${target.key}`,
      environment: packaging.environment,
      metadata: packageMetadata(version, source.id, packing, requireEnv('OWNER')),
      clientToken: clientToken(execution, target.key, image),
    });
    return { action: 'create', outcome: 'done', version: number, packageArn };
  },
  ({ modelName, version, execution }) => ({ model: modelName, version, execution }),
);
