import { readChoiceSettings } from '../packaging/choice-settings';
import { endOfPatchWarning } from '../packaging/framework-images';
import { artifactStore } from '../shared/context/artifact-store';
import { manualEnvironments } from '../shared/context/manual-environments';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims, enrolments, ledger } from '../shared/context/store';
import type { ModelStep, PlanResult } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { pipelineName } from '../shared/names/deployment-names';
import { groupNameOf } from '../shared/names/group-name';
import { preparePackage } from '../shared/packing/prepare';
import { step } from '../shared/step';
import { completeVersions } from './complete-versions';
import { currencyOf } from './currency';
import { planModel } from './plan-model';
import { succeededRun } from './succeeded-run';

const HOUR_MS = 60 * 60 * 1000;

/** Reads both registries and says what is to be done. If any page of either cannot be read, nothing is. */
export const handler = step<ModelStep, PlanResult>(
  async ({ modelName, execution }) => {
    // A change after this point may be missing in what is read below, so its event must start another plan.
    await claims().renew(modelName, execution, true);
    const [source, settings] = await Promise.all([registry(artifactStore()), readChoiceSettings()]);
    const manual = manualEnvironments();
    const planning = {
      revision: requireEnv('REVISION'),
      registryId: source.id,
      owner: requireEnv('OWNER'),
      overrides: settings.overrides,
      currencyOf: currencyOf(settings, manual),
      manual,
      waitMs: Number(requireEnv('DELETION_WAIT_HOURS')) * HOUR_MS,
      supersededMs: Number(requireEnv('SUPERSEDED_HOURS')) * HOUR_MS,
      warningOf: (image: string) => endOfPatchWarning(image, new Date()),
    };
    return planModel(modelName, planning, {
      now: Date.now,
      readLedger: () => ledger().read(modelName),
      strikeLedger: () => ledger().strike(modelName),
      setAbsences: (absences, revision) => ledger().setAbsences(modelName, absences, revision),
      registryIsEmpty: () => source.isEmpty(),
      isEnrolled: async () => (await enrolments().get(modelName)) !== undefined,
      listPackages: () => modelPackages().listed(groupNameOf(modelName)),
      listVersions: () => source.listVersions(modelName),
      describePackages: (listed) => modelPackages().describeAll(listed),
      completeVersions: (versions, packages) => {
        const ours = packages.filter((one) => modelPackages().isOurs(one));
        return completeVersions(source, modelName, versions, ours);
      },
      succeededRun: () => succeededRun(pipelineName(groupNameOf(modelName)), Date.now()),
      prepare: (version) => preparePackage(source, version, settings),
    });
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
