import type { ImageOverrides } from '../../lambda/packaging/choice';
import type { Currency } from '../../lambda/plan/currency';
import { type PlanInput, plan } from '../../lambda/plan/plan';
import { type Effects, type Planning, planModel } from '../../lambda/plan/plan-model';
import type { CreateAction, PlanResult, UpdateAction } from '../../lambda/shared/contracts';
import { approvalOf, canSpeakFor, type ManualEnvironments } from '../../lambda/shared/packages/approval';
import {
  liveChange,
  metadataChange,
  type Packing,
  packageMetadata,
  UNSYNCED,
} from '../../lambda/shared/packages/metadata';
import type { ModelPackage } from '../../lambda/shared/packages/model-package';
import { superseded } from '../../lambda/shared/packages/superseded';
import { steeringOf } from '../../lambda/shared/packing/steering';
import type { ModelVersion } from '../../lambda/shared/registry/registry';
import type { LedgerRecord } from '../../lambda/shared/store/ledger';
import { OWNER } from './owner';
import { modelPackage, modelVersion } from './versions';

export const WAIT_MS = 72 * 60 * 60 * 1000;
export const SUPERSEDED_MS = 24 * 60 * 60 * 1000;
const REGISTRY = 'mlflow.example.com';

/** Both registries, the ledger and the settings of one model, with what a sync does to them. */
export class PlanWorld {
  versions: ModelVersion[] = [];
  /** What the versions were, each time a sync planned. */
  readonly history: ModelVersion[][] = [];
  packages: ModelPackage[] = [];
  enrolled = true;
  revision = 'one';
  /** Environments that want a person's decision. */
  manual: ManualEnvironments = new Set();
  overrides: ImageOverrides = {};
  /** The rule that chooses images. */
  imageRule = '1';
  /** The image that the rule chooses, unless people named one. */
  chosenImage = (_version: ModelVersion): string => 'image';
  ledger: LedgerRecord = { revision: 0 };
  now = Date.parse('2030-01-02T03:04:05Z');
  /** Whether MLflow lists no model at all. */
  registryIsEmpty = false;
  /** When the newest run of the pipeline that succeeded began. */
  succeededRun: number | undefined;
  /** Throws for a version, by its number, that cannot be packaged. */
  prepare = (_version: string): void => undefined;
  /** Packages that were described. */
  described = 0;
  private made = 0;

  /** Plans as a sync does. */
  plan(): Promise<PlanResult> {
    this.history.push([...this.versions]);
    return planModel('churn', this.planning(), this.effects());
  }

  /** What a plan that reads everything says. */
  fullPlan(): ReturnType<typeof plan> {
    const versions = this.enrolled ? this.versions : [];
    const isCurrent: PlanInput['isCurrent'] = (version, one) => this.currencyOf(version, one) !== 'outdated';
    return plan({ ...this.planning(), enrolled: this.enrolled, versions, packages: this.packages, isCurrent });
  }

  /**
   * Does what a plan says and tells of it; only the first `actions` of it where the execution ends before it is through: then an
   * update may have been written and not been told to the ledger, and nobody is told of what was in order.
   */
  carryOut(planned: PlanResult, actions = Number.POSITIVE_INFINITY): void {
    const steps = [
      ...planned.create.map((action) => () => this.create(action)),
      ...planned.update.map((action) => () => this.update(action, Number.isFinite(actions))),
      ...planned.delete.map(
        ({ packageArn }) =>
          () =>
            this.remove(packageArn),
      ),
    ];
    steps.slice(0, actions).forEach((step) => {
      step();
    });
    if (!Number.isFinite(actions)) {
      this.writeEntry(planned.entry);
    }
  }

  add(...packages: ModelPackage[]): void {
    this.packages.push(...packages);
  }

  /**
   * A version's package as a sync would make it today.
   *
   * @param replaced ARN of the one that it replaces
   */
  packageOf(version: ModelVersion, replaced?: string): ModelPackage {
    this.made += 1;
    const packing = this.packingOf(version);
    const before = this.packages.find(({ arn }) => arn === replaced);
    const approval = approvalOf(version, before, this.manual);
    const metadata = { ...packageMetadata(version, REGISTRY, packing, OWNER), ...approval.metadata };
    return modelPackage(this.made, metadata, {
      image: this.imageOf(version),
      creationTime: this.made,
      approvalStatus: approval.approvalStatus,
    });
  }

  private packingOf(version: ModelVersion): Packing {
    return {
      flavor: 'sklearn',
      frameworkVersion: '1.4',
      pythonVersion: '',
      steeredBy: steeringOf(version).flavor ?? '',
      modelData: 'archive',
      packing: this.revision,
      imageRule: this.imageRule,
      environment: '',
      imageReason: 'AWS has one',
      patchedBy: 'AWS until 2027-07-16',
    };
  }

  private create({ version: number, replaces, supersedes }: CreateAction): void {
    const version = this.versions.find((one) => one.version === number);
    if (version !== undefined) {
      this.add(this.packageOf(version, replaces));
    }
    if (replaces !== undefined && supersedes) {
      this.update({ packageArn: replaces, supersede: true }, false);
    } else if (replaces !== undefined) {
      this.remove(replaces);
    }
  }

  private update({ packageArn: arn, version: number, metadata, supersede }: UpdateAction, cutOff: boolean): void {
    const version = this.versions.find((one) => one.version === number) ?? modelVersion();
    this.packages = this.packages.map((one) => {
      const change = supersede
        ? metadataChange(superseded(this.now), one.metadata)
        : number === undefined
          ? metadataChange(UNSYNCED, one.metadata)
          : liveChange(version, undefined, one.metadata, this.manual, metadata);
      if (one.arn !== arn || change === undefined) {
        return one;
      }
      if (!cutOff) {
        this.strike();
      }
      const kept = Object.entries(one.metadata).filter(([key]) => !change.remove.includes(key));
      return { ...one, metadata: { ...Object.fromEntries(kept), ...change.set } };
    });
  }

  /** The sync is through and has told of it: its entry is written unless another one has written or struck since. */
  private writeEntry(entry: PlanResult['entry']): void {
    if (entry?.revision === this.ledger.revision) {
      const { revision, ...verified } = entry;
      this.ledger = { ...this.ledger, revision: revision + 1, verified };
    }
  }

  private remove(arn: string): void {
    this.packages = this.packages.filter((one) => one.arn !== arn);
  }

  private strike(): number {
    const { verified: _struck, ...others } = this.ledger;
    this.ledger = { ...others, revision: this.ledger.revision + 1 };
    return this.ledger.revision;
  }

  private imageOf(version: ModelVersion): string {
    return steeringOf(version).image ?? this.overrides.sklearn ?? this.chosenImage(version);
  }

  private currencyOf(version: ModelVersion, one: ModelPackage): Currency {
    const alike =
      one.metadata.mlflow_mlops_packing === this.revision &&
      (one.metadata.mlflow_deploy_flavor ?? '') === (steeringOf(version).flavor ?? '') &&
      canSpeakFor(version, one, this.manual);
    if (alike && one.metadata.mlflow_mlops_image_rule !== this.imageRule) {
      return 'earlier rule';
    }
    return alike && one.image === this.imageOf(version) ? 'current' : 'outdated';
  }

  private planning(): Planning {
    return {
      revision: `${this.revision} ${this.imageRule}`,
      registryId: REGISTRY,
      owner: OWNER,
      overrides: this.overrides,
      manual: this.manual,
      waitMs: WAIT_MS,
      supersededMs: SUPERSEDED_MS,
      currencyOf: (version, one) => this.currencyOf(version, one),
      warningOf: () => undefined,
    };
  }

  private effects(): Effects {
    return {
      now: () => this.now,
      readLedger: async () => this.ledger,
      strikeLedger: async () => this.strike(),
      setAbsences: async (absences, revision) => {
        if (revision === this.ledger.revision) {
          const { absences: _absences, confirmedUntil, ...others } = this.ledger;
          const confirmed = confirmedUntil === undefined ? {} : { confirmedUntil };
          this.ledger = absences === undefined ? others : { ...others, ...confirmed, absences };
        }
      },
      registryIsEmpty: async () => this.registryIsEmpty,
      isEnrolled: async () => this.enrolled,
      listPackages: async () =>
        this.packages.map(({ arn, creationTime, status, approvalStatus }) => ({
          arn,
          creationTime,
          status,
          approvalStatus,
        })),
      listVersions: async () => [...this.versions],
      describePackages: async (listed) => {
        this.described += listed.length;
        return this.packages.filter(({ arn }) => listed.some((one) => one.arn === arn));
      },
      completeVersions: async (versions) => [...versions],
      succeededRun: async () => this.succeededRun,
      prepare: async (version) => {
        this.prepare(version.version);
        return { image: this.imageOf(version), packing: this.packingOf(version) };
      },
    };
  }
}
