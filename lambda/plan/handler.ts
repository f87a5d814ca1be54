import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims, enrolments } from '../shared/context/store';
import type { ModelStep, PlanResult } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { endOfPatchWarning } from '../shared/images/image-table';
import { Images, readImageOverrides } from '../shared/images/images';
import { groupNameOf } from '../shared/names/group-name';
import { preparePackage } from '../shared/packing/prepare';
import { step } from '../shared/step';
import { isCurrent } from './currency';
import { plan } from './plan';
import { preflight } from './preflight';
import { readVersions } from './read-versions';

/** Reads both registries and says what is to be done. If any page of either cannot be read, nothing is. */
export const handler = step<ModelStep, PlanResult>(
  async ({ modelName, execution }) => {
    // From here on an event is news again: what it tells of may come after what is read now.
    await claims().renew(modelName, execution, true);
    const groupName = groupNameOf(modelName);
    const source = await registry();
    const [enrolment, packages, overrides] = await Promise.all([
      enrolments().get(modelName),
      modelPackages().list(groupName),
      readImageOverrides(),
    ]);
    const ours = packages.filter((one) => modelPackages().isOurs(one));
    const versions = enrolment === undefined ? [] : await readVersions(source, modelName, ours);
    const images = new Images(requireEnv('AWS_REGION'), overrides);
    const planned = plan({
      registryId: source.id,
      owner: requireEnv('OWNER'),
      enrolled: enrolment !== undefined,
      versions,
      packages,
      isCurrent: isCurrent(images),
      warningOf: (image) => endOfPatchWarning(image, new Date()),
    });
    const { create, refused } = await preflight(planned.create, async (number) => {
      const version = versions.find((candidate) => candidate.version === number);
      if (version !== undefined) {
        await preparePackage(source, version, images);
      }
    });
    const { update, delete: deletions, keep } = planned;
    return { groupName, create, refused, update, delete: deletions, kept: keep.length };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
