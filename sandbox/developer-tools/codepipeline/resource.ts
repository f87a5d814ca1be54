import type { ExistingResource, ResourceHandler, ResourceRequest, StackResource } from '../../aws-json/cloudformation';
import { inputOf } from '../../aws-json/properties';
import type { ServiceModel } from '../../aws-json/service-model';
import { generatedName } from '../names';
import type { Definition } from './definition';
import { notInCodePipeline } from './errors';
import type { Pipeline } from './pipeline';
import type { Pipelines } from './pipelines';

type Properties = Readonly<Record<string, unknown>>;

/** Properties that are no part of a definition. */
const APART = ['RestartExecutionOnUpdate', 'Tags'];

/** The longest name of a pipeline. */
const NAME_MAX = 100;

/**
 * `AWS::CodePipeline::Pipeline`. A new pipeline runs at once. An update of the definition cancels what runs, and starts the
 * pipeline again when the template says so; an update that leaves the definition as it is does neither.
 */
export function pipelineResource(model: ServiceModel, pipelines: Pipelines): ResourceHandler {
  const definitionOf = (properties: Properties, name: string): Definition => {
    if (properties.DisableInboundStageTransitions !== undefined) throw notInCodePipeline('disabled transitions');
    return inputOf(model, 'PipelineDeclaration', { ...properties, Name: name }, APART) as unknown as Definition;
  };
  return {
    create({ caller, stackName, logicalId, properties }: ResourceRequest) {
      const { Name } = properties;
      const name = typeof Name === 'string' ? Name : generatedName(`${stackName}-${logicalId}`, NAME_MAX);
      return described(pipelines.create(caller, definitionOf(properties, name), 'cloudformation.amazonaws.com'));
    },
    update({ caller, physicalId, properties, oldProperties }: ExistingResource & { oldProperties: Properties }) {
      const pipeline = pipelines.named(caller, physicalId);
      const wanted = definitionOf(properties, physicalId);
      if (JSON.stringify(wanted) === JSON.stringify(definitionOf(oldProperties, physicalId)))
        return described(pipeline);
      pipelines.update(caller, wanted);
      if (String(properties.RestartExecutionOnUpdate) === 'true') {
        const triggerDetail = 'cloudformation.amazonaws.com';
        pipelines.engine.start(pipeline, { triggerType: 'StartPipelineExecution', triggerDetail });
      }
      return described(pipeline);
    },
    delete({ caller, physicalId }: ExistingResource) {
      pipelines.delete(caller, physicalId);
    },
  };
}

function described({ name, version }: Pipeline): StackResource {
  return { physicalId: name, attributes: { Version: String(version) } };
}
