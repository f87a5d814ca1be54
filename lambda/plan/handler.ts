import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { claims, enrolments } from '../shared/context/store';
import type { ModelStep, PlanResult } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { chooseImage, readImageOverrides } from '../shared/images/image-choice';
import { groupNameOf } from '../shared/packages/group-name';
import { step } from '../shared/step';
import { currency } from './currency';
import { plan } from './plan';
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
    const region = requireEnv('AWS_REGION');
    const {
      create,
      update,
      delete: deletions,
      keep,
    } = plan({
      registryId: source.id,
      owner: requireEnv('OWNER'),
      enrolled: enrolment !== undefined,
      versions,
      packages,
      isCurrent: currency((framework, version) => chooseImage(framework, version, region, overrides)),
    });
    return { groupName, create, update, delete: deletions, kept: keep.length };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
