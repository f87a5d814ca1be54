import type { JsonService } from '../../aws-json/service';
import type { ServiceModel } from '../../aws-json/service-model';
import { CODE_BUILD_ACTIONS, type CodeBuildContext } from './actions';
import type { Builds } from './builds';
import type { Projects } from './projects';

/** CodeBuild over AWS JSON. */
export function codeBuildService(
  model: ServiceModel,
  projects: Projects,
  builds: Builds,
): JsonService<CodeBuildContext> {
  return {
    name: 'CodeBuild',
    model,
    signingName: 'codebuild',
    targetPrefix: 'CodeBuild_20161006',
    actions: CODE_BUILD_ACTIONS,
    contextOf: (caller) => ({ caller, projects, builds }),
  };
}
