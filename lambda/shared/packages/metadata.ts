import { environmentsOf } from '../environments';
import type { ModelDataKind } from '../packing/model-data';
import type { ModelVersion } from '../registry/registry';
import { environmentsFor, type ManualEnvironments } from './approval';
import { leaveOut } from './left-out';
import { decodeMetadataText, encodeMetadataText, fitsMetadataValue } from './metadata-text';
import { TAG_PREFIX, tagMetadata } from './tag-metadata';

/** Says which installation made a package or group; nothing without it is ever touched. */
export const OWNER_KEY = 'mlflow_mlops_owner';

/** Characters of a reason: metadata hold 256, and some need more than one when they are encoded. */
const REASON_MAX = 180;

/** How a package was packed; with these a plan can tell whether it would be packed the same way today. */
export interface Packing {
  readonly flavor: string;
  readonly frameworkVersion: string;
  readonly pythonVersion: string;
  /** The flavour that the tag `sagemaker_deploy_flavor` asked for; '' where there was none. */
  readonly steeredBy: string;
  /** How its endpoints get its files. */
  readonly modelData: ModelDataKind;
  /** Version of the flavour's way of packing: a higher one makes new packages. */
  readonly packing: string;
  /** Version of the rule that chose the image; '' for packages that were made before there was one. */
  readonly imageRule: string;
  /** Digest of the environment whose image serves the model; '' where another image does. */
  readonly environment: string;
  /** Why this image serves the model, and who patches it: for people. */
  readonly imageReason: string;
  readonly patchedBy: string;
}

/**
 * The metadata of a version's package that may change during its life: stage, aliases, environments, description, tags, and a
 * warning about its image. An empty text means that the key is to be absent.
 *
 * Values that do not fit are left out whole, since half a text would be read back as another one; `mlflow_left_out` names them.
 *
 * @param environments names of those that the package may be deployed into
 */
export function liveMetadata(
  version: ModelVersion,
  warning: string | undefined,
  environments: readonly string[] = environmentsOf(version).map(({ name }) => name),
): Record<string, string> {
  const fixed = encode({
    mlflow_current_stage: version.stage,
    mlflow_aliases: version.aliases.join(' '),
    mlflow_environments: environments.join(' '),
    mlflow_description: version.description,
    mlflow_warning: warning ?? '',
    mlflow_synced: 'true',
  });
  const tags = tagMetadata(version.tags);
  // What never changes is listed here too, so that one key tells of everything.
  const unchanging = encode({ mlflow_name: version.name, mlflow_source: version.source });
  const left = [...fixed.leftOut, ...unchanging.leftOut, ...tags.leftOut];
  return { ...fixed.metadata, ...tags.metadata, mlflow_left_out: encodeMetadataText(leaveOut(left)) };
}

/**
 * What has to change so that a package says what its version says today.
 *
 * @param manual the environments that want a person's decision: no package gets into one of them that never waited for it
 * @param more what else they are to say, encoded
 * @returns undefined when nothing differs
 */
export function liveChange(
  version: ModelVersion,
  warning: string | undefined,
  actual: Readonly<Record<string, string>>,
  manual: ManualEnvironments,
  more: Readonly<Record<string, string>> = {},
): MetadataChange | undefined {
  const tagsNow = Object.keys(actual).filter((key) => key.startsWith(TAG_PREFIX));
  const absent = Object.fromEntries(tagsNow.map((key) => [key, '']));
  const environments = environmentsFor(version, actual, manual);
  return metadataChange({ ...absent, ...liveMetadata(version, warning, environments), ...more }, actual);
}

/** The metadata of a package whose model is no longer enrolled; everything else stays as it was. */
export const UNSYNCED: Readonly<Record<string, string>> = { mlflow_synced: 'false' };

const IDENTITY_KEYS = [
  'mlflow_registry',
  'mlflow_name',
  'mlflow_version',
  'mlflow_run_id',
  'mlflow_creation_timestamp',
] as const;

/** The metadata that say which version a package belongs to. They never change. */
export function identityMetadata(version: ModelVersion, registryId: string): Record<string, string> {
  return encode({
    mlflow_registry: registryId,
    mlflow_name: version.name,
    mlflow_version: version.version,
    mlflow_run_id: version.runId,
    mlflow_creation_timestamp: String(version.creationTimestamp),
  }).metadata;
}

/**
 * What tells which version a package belongs to, as one text. A run can be missing, shared, or stand again under a model that was
 * made anew: only all of these together tell.
 */
export function versionIdentity(version: ModelVersion, registryId: string): string {
  return identityText(identityMetadata(version, registryId));
}

/** The same text for a package of that version, as its metadata say. */
export function packageIdentity(metadata: Readonly<Record<string, string>>): string {
  return identityText(metadata);
}

function identityText(metadata: Readonly<Record<string, string>>): string {
  return JSON.stringify(IDENTITY_KEYS.map((key) => metadata[key] ?? ''));
}

/** A registry, as packages carry it. */
export function registryMark(registryId: string): string {
  return encode({ mlflow_registry: registryId }).metadata.mlflow_registry;
}

/**
 * All metadata of a new package.
 *
 * @param bytes uncompressed sizes, where they are known: of its files, by which the model's pipeline chooses the endpoint's disk, and
 *   of its image, which may be too large for a serverless endpoint
 */
export function packageMetadata(
  version: ModelVersion,
  registryId: string,
  packing: Packing,
  owner: string,
  warning?: string,
  bytes: { readonly files?: number | undefined; readonly image?: number | undefined } = {},
): Record<string, string> {
  const all = {
    [OWNER_KEY]: owner,
    ...identityMetadata(version, registryId),
    ...liveMetadata(version, warning),
    ...encode({
      mlflow_source: version.source,
      mlflow_flavor: packing.flavor,
      mlflow_framework_version: packing.frameworkVersion,
      mlflow_python_version: packing.pythonVersion,
      mlflow_deploy_flavor: packing.steeredBy,
      // Archives are not spoken of: packages that were made before there was a choice are none the worse.
      mlflow_deploy_model_data: packing.modelData === 'archive' ? '' : packing.modelData,
      mlflow_mlops_packing: packing.packing,
      mlflow_mlops_bytes: String(bytes.files ?? ''),
      mlflow_mlops_image_bytes: String(bytes.image ?? ''),
    }).metadata,
    ...choiceMetadata(packing),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** What a package says of its image. A later rule that chooses the same image writes it again. */
export function choiceMetadata({ imageRule, environment, imageReason, patchedBy }: Packing): Record<string, string> {
  return encode({
    mlflow_mlops_image_rule: imageRule,
    mlflow_environment: environment,
    // A long list of reasons is for the log; the first ones say enough.
    mlflow_image_reason: imageReason.slice(0, REASON_MAX),
    mlflow_image_patched_by: patchedBy,
  }).metadata;
}

/** How a package was packed, as its metadata say. */
export function packingOf(metadata: Readonly<Record<string, string>>): Packing {
  const read = (key: string) => decodeMetadataText(metadata[key] ?? '');
  return {
    flavor: read('mlflow_flavor'),
    frameworkVersion: read('mlflow_framework_version'),
    pythonVersion: read('mlflow_python_version'),
    steeredBy: read('mlflow_deploy_flavor'),
    modelData: read('mlflow_deploy_model_data') === 'uncompressed' ? 'uncompressed' : 'archive',
    packing: read('mlflow_mlops_packing'),
    imageRule: read('mlflow_mlops_image_rule'),
    environment: read('mlflow_environment'),
    imageReason: read('mlflow_image_reason'),
    patchedBy: read('mlflow_image_patched_by'),
  };
}

/** A change of metadata, in UpdateModelPackage's terms. */
export interface MetadataChange {
  readonly set: Record<string, string>;
  readonly remove: string[];
}

/**
 * What has to change so that `actual` says what `wanted` says.
 *
 * @param wanted encoded values; '' means absent
 * @returns undefined when nothing differs
 */
export function metadataChange(
  wanted: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
): MetadataChange | undefined {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    if (value === (actual[key] ?? '')) {
      continue;
    }
    if (value === '') {
      remove.push(key);
    } else {
      set[key] = value;
    }
  }
  return Object.keys(set).length + remove.length === 0 ? undefined : { set, remove };
}

/** Encodes values; one that is too long becomes '' and is named. */
function encode<Key extends string>(texts: Record<Key, string>): { metadata: Record<Key, string>; leftOut: Key[] } {
  const metadata = {} as Record<Key, string>;
  const leftOut: Key[] = [];
  for (const [key, value] of Object.entries(texts) as [Key, string][]) {
    const encoded = encodeMetadataText(value);
    const fits = fitsMetadataValue(encoded);
    metadata[key] = fits ? encoded : '';
    if (!fits) {
      leftOut.push(key);
    }
  }
  return { metadata, leftOut };
}
