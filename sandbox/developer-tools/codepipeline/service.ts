import type { JsonService } from '../../aws-json/service';
import type { ServiceModel } from '../../aws-json/service-model';
import { CODE_PIPELINE_ACTIONS, UNSUPPORTED } from './actions';
import type { CodePipelineContext } from './actions/context';
import type { Pipelines } from './pipelines';

/** CodePipeline over AWS JSON. */
export function codePipelineService(model: ServiceModel, pipelines: Pipelines): JsonService<CodePipelineContext> {
  return {
    name: 'CodePipeline',
    model,
    signingName: 'codepipeline',
    targetPrefix: 'CodePipeline_20150709',
    actions: CODE_PIPELINE_ACTIONS,
    contextOf: (caller) => ({ caller, pipelines }),
    unsupported: UNSUPPORTED,
  };
}
