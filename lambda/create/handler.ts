import { readChoiceSettings } from '../packaging/choice-settings';
import { endOfPatchWarning } from '../packaging/framework-images';
import { artifactStore } from '../shared/context/artifact-store';
import { manualEnvironments } from '../shared/context/manual-environments';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims } from '../shared/context/store';
import type { ActionResult, CreateAction, ModelStep } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { environmentsOf } from '../shared/environments';
import { logger } from '../shared/logging';
import { groupNameOf } from '../shared/names/group-name';
import { withBucketOwner } from '../shared/own-bucket';
import { approvalOf } from '../shared/packages/approval';
import { packageMetadata } from '../shared/packages/metadata';
import { preparePackage } from '../shared/packing/prepare';
import type { OpenFile } from '../shared/registry/read-file';
import { step } from '../shared/step';
import { archiveClient, REQUEST_TIMEOUT_MS } from './archive/upload/archive-client';
import { type Continuation, type Continued, checkpointOf, continueWith } from './continuation';
import { imageOf } from './environment-image';
import { clientToken } from './identity';
import { placeFiles } from './place-files';

/** `entered` tells a try from another round of the same execution, which must not get a package that was deleted meanwhile. */
type Input = ModelStep &
  CreateAction & {
    readonly entered: string;
    readonly retryEnvironments?: boolean;
    readonly continuation?: Continuation;
  };

const s3 = withBucketOwner(archiveClient());
/** Kept in hand before the function's end, for the parts under way, which take no longer, and for saying how far it came. */
const RESERVE_MS = REQUEST_TIMEOUT_MS;

/**
 * Packs one version, or has its files copied, and registers it. A version that is not promoted any more is skipped: the next plan
 * knows, and one whose environment has no image yet waits. What takes longer than an invocation is gone on with in the next one.
 */
export const handler = step<Input, ActionResult | Continued>(
  async ({ modelName, version: number, replaces, execution, entered, retryEnvironments, continuation }, context) => {
    const stop = AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - RESERVE_MS));
    await claims().renew(modelName, execution);
    const source = await registry(artifactStore());
    const version = await source.getVersion(modelName, number);
    if (version === undefined || environmentsOf(version).length === 0) {
      return { action: 'create', outcome: 'skipped', version: number };
    }
    const prepared = await preparePackage(source, version, await readChoiceSettings());
    const { packaging, packing, contentKey } = prepared;
    const open: OpenFile = (path, position) => source.openFile(version, path, position);
    const request = { modelName, owner: `${execution} ${entered}`, retry: retryEnvironments === true };
    const answer = await imageOf(prepared, { client: s3, open, request, stop });
    if ('waits' in answer) {
      const waits = { environment: packing.environment, reason: answer.waits };
      return { action: 'create', outcome: 'waiting', version: number, ...waits };
    }
    const { image, imageBytes } = answer;
    const { flavor, imageReason: reason, patchedBy, environment } = packing;
    logger.info('image chosen', { image, environment, flavor, reason, patchedBy });
    const warning = endOfPatchWarning(image, new Date());
    if (warning !== undefined) {
      logger.warn(warning, { image });
    }
    const groupName = groupNameOf(modelName);
    const placed = await placeFiles({
      client: s3,
      prepared,
      open,
      bucket: requireEnv('ARTIFACT_BUCKET'),
      groupName,
      checkpoint: checkpointOf(continuation, contentKey),
      stop,
    });
    logger.info(`${packing.modelData} ${placed.outcome}`, { contentKey });
    if (placed.outcome === 'paused') {
      const { checkpoint, reason } = placed;
      logger.info('packing goes on in another invocation', { reason, ...checkpoint?.progress });
      const next = continueWith(continuation, contentKey, checkpoint);
      return { action: 'create', outcome: 'continued', version: number, continuation: next };
    }
    const replaced = replaces === undefined ? undefined : await modelPackages().describe(replaces);
    const approval = approvalOf(version, replaced, manualEnvironments());
    const packageArn = await modelPackages().create({
      approvalStatus: approval.approvalStatus,
      groupName,
      description: `MLflow model version ${number}`,
      image,
      modelDataUrl: placed.url,
      environment: packaging.environment,
      metadata: {
        ...packageMetadata(version, source.id, packing, requireEnv('OWNER'), warning, {
          files: prepared.bytes,
          image: imageBytes,
        }),
        ...approval.metadata,
      },
      clientToken: clientToken(execution, entered, number, placed.url, image),
    });
    return { action: 'create', outcome: 'done', version: number, packageArn };
  },
  ({ modelName, version, execution }) => ({ model: modelName, version, execution }),
);
