import { environmentsOf } from '../environments';
import type { ModelVersion } from '../registry/registry';
import { decodeMetadataText, encodeMetadataText, METADATA_VALUE_MAX } from './metadata-text';

/** Says which installation made a package or group; nothing without it is ever touched. */
export const OWNER_KEY = 'mlflow_mlops_owner';

/** How a package was packed; with these a plan can tell whether it would be packed the same way today. */
export interface Packing {
  readonly flavor: string;
  readonly frameworkVersion: string;
  /** Version of the flavour's way of packing: a higher one makes new packages. */
  readonly packing: string;
}

/**
 * The metadata of a version's package that may change during its life: stage, aliases, environments, description.
 * All keys are always present in the result; an empty text means that the key is to be absent.
 */
export function liveMetadata(version: ModelVersion): Record<string, string> {
  return encode({
    mlflow_current_stage: version.stage,
    mlflow_aliases: version.aliases.join(' '),
    mlflow_environments: environmentsOf(version).join(' '),
    mlflow_description: version.description,
    mlflow_synced: 'true',
  });
}

/** The metadata of a package whose model is no longer enrolled; everything else stays as it was. */
export const UNSYNCED: Readonly<Record<string, string>> = { mlflow_synced: 'false' };

/** The metadata that say which version a package belongs to. They never change. */
export function identityMetadata(version: ModelVersion, registryId: string): Record<string, string> {
  return encode({
    mlflow_registry: registryId,
    mlflow_name: version.name,
    mlflow_version: version.version,
    mlflow_run_id: version.runId,
    mlflow_creation_timestamp: String(version.creationTimestamp),
  });
}

/** A registry, as packages carry it. */
export function registryMark(registryId: string): string {
  return encode({ mlflow_registry: registryId }).mlflow_registry ?? '';
}

/** All metadata of a new package. */
export function packageMetadata(
  version: ModelVersion,
  registryId: string,
  packing: Packing,
  owner: string,
): Record<string, string> {
  const all = {
    [OWNER_KEY]: owner,
    ...identityMetadata(version, registryId),
    ...liveMetadata(version),
    ...encode({
      mlflow_source: version.source,
      mlflow_flavor: packing.flavor,
      mlflow_framework_version: packing.frameworkVersion,
      mlflow_mlops_packing: packing.packing,
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** How a package was packed, as its metadata say. */
export function packingOf(metadata: Readonly<Record<string, string>>): Packing {
  return {
    flavor: decodeMetadataText(metadata.mlflow_flavor ?? ''),
    frameworkVersion: decodeMetadataText(metadata.mlflow_framework_version ?? ''),
    packing: decodeMetadataText(metadata.mlflow_mlops_packing ?? ''),
  };
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
): { set: Record<string, string>; remove: string[] } | undefined {
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

/** A value that does not fit is left out whole: half a text would be read back as another one. */
function encode(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => {
      const encoded = encodeMetadataText(value);
      return [key, encoded.length > METADATA_VALUE_MAX ? '' : encoded];
    }),
  );
}
