import { isPromoted } from '../shared/environments';
import { RefusedError } from '../shared/errors';
import { choiceMetadata, OWNER_KEY, packageIdentity, versionIdentity } from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import { supersededAt } from '../shared/packages/superseded';
import type { PreparedPackage } from '../shared/packing/prepare';
import type { ModelVersion } from '../shared/registry/registry';
import type { Currency } from './currency';
import { ROUND_MAX } from './round';

/** Versions looked into at once: one registry serves all of them. */
const AT_ONCE = 8;

/** What a version would be served by today. */
export type Prepared = Pick<PreparedPackage, 'image' | 'packing'>;

/** What tells the packages to look into. */
export interface Evaluation {
  readonly registryId: string;
  readonly owner: string;
  readonly currencyOf: (version: ModelVersion, modelPackage: ModelPackage) => Currency;
}

/** What today's rule says of the packages whose image an earlier one chose. */
export interface Reevaluated {
  /** Packages with the image that today's rule chooses too, by ARN: with the metadata that say so they are as today's. */
  readonly confirmed: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Packages of which nothing is known yet. They serve until then. */
  readonly waiting: ReadonlySet<string>;
  /** How many of them the next round looks into. The others could not be read now: a later sync tries again. */
  readonly left: number;
}

/**
 * Looks into the versions of packages whose image an earlier rule chose, up to a round of them. A package keeps serving if today's
 * rule chooses its image too. Else the plan replaces it.
 */
export async function reevaluate(
  { registryId, owner, currencyOf }: Evaluation,
  versions: readonly ModelVersion[],
  packages: readonly ModelPackage[],
  prepare: (version: ModelVersion) => Promise<Prepared>,
): Promise<Reevaluated> {
  const pairs = packagesOfEarlierRules({ registryId, owner, currencyOf }, versions, packages);
  const confirmed = new Map<string, Readonly<Record<string, string>>>();
  const waiting = new Set<string>();
  let evaluated = 0;
  let looked = 0;
  // A version that is refused makes no work for the round: it must not keep the others from their turn.
  // Stryker disable next-line EqualityOperator: a slice from the end is empty
  for (; looked < pairs.length && evaluated < ROUND_MAX; looked += AT_ONCE) {
    await Promise.all(
      pairs.slice(looked, looked + AT_ONCE).map(async ({ version, modelPackage }) => {
        try {
          const prepared = await prepare(version);
          evaluated += 1;
          if (isThat(prepared, modelPackage)) {
            confirmed.set(modelPackage.arn, choiceMetadata(prepared.packing));
          }
        } catch (error) {
          // A fault in reading one version must not stop the model's other versions.
          if (!(error instanceof RefusedError)) {
            waiting.add(modelPackage.arn);
          }
        }
      }),
    );
  }
  const next = pairs.slice(looked);
  for (const { modelPackage } of next) {
    waiting.add(modelPackage.arn);
  }
  return { confirmed, waiting, left: next.length };
}

function packagesOfEarlierRules(
  { registryId, owner, currencyOf }: Evaluation,
  versions: readonly ModelVersion[],
  packages: readonly ModelPackage[],
): { version: ModelVersion; modelPackage: ModelPackage }[] {
  const byIdentity = new Map(
    versions.filter(isPromoted).map((version) => [versionIdentity(version, registryId), version]),
  );
  return packages.flatMap((modelPackage) => {
    const version = byIdentity.get(packageIdentity(modelPackage.metadata));
    return version !== undefined &&
      modelPackage.metadata[OWNER_KEY] === owner &&
      modelPackage.status !== 'Failed' &&
      supersededAt(modelPackage.metadata) === undefined &&
      currencyOf(version, modelPackage) === 'earlier rule'
      ? [{ version, modelPackage }]
      : [];
  });
}

/** The archive is that of today, since its way of packing is. */
function isThat({ image, packing }: Prepared, modelPackage: ModelPackage): boolean {
  return image === modelPackage.image && packing.flavor === modelPackage.metadata.mlflow_flavor;
}
