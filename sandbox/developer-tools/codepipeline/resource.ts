import { z } from 'zod';
import type { ExistingResource, ResourceHandler, ResourceRequest, StackResource } from '../../aws-json/cloudformation';
import { inputOf } from '../../aws-json/properties';
import type { ServiceModel } from '../../aws-json/service-model';
import { generatedName } from '../names';
import type { Definition } from './definition';
import type { Pipeline } from './pipeline';
import { defaultVariables, type Pipelines } from './pipelines';

type Properties = Readonly<Record<string, unknown>>;

/** Properties that are no part of a definition. */
const APART = ['DisableInboundStageTransitions', 'RestartExecutionOnUpdate', 'Tags'];

/** The longest name of a pipeline. */
const NAME_MAX = 100;

const transitionsSchema = z.array(z.strictObject({ StageName: z.string(), Reason: z.string() })).default([]);

/**
 * `AWS::CodePipeline::Pipeline`. A new pipeline runs at once. An update of the definition cancels what runs, and starts the
 * pipeline again when the template says so; an update that leaves the definition as it is does neither.
 */
export function pipelineResource(model: ServiceModel, pipelines: Pipelines): ResourceHandler {
  const definitionOf = (properties: Properties, name: string): Definition =>
    inputOf(model, 'PipelineDeclaration', { ...properties, Name: name }, APART) as unknown as Definition;
  return {
    create({ caller, stackName, logicalId, properties }: ResourceRequest) {
      const { Name } = properties;
      const name = typeof Name === 'string' ? Name : generatedName(`${stackName}-${logicalId}`, NAME_MAX);
      const pipeline = pipelines.create(caller, definitionOf(properties, name), 'cloudformation.amazonaws.com');
      applyTransitions(pipeline, properties);
      return described(pipeline);
    },
    update({ caller, physicalId, properties, oldProperties }: ExistingResource & { oldProperties: Properties }) {
      const pipeline = pipelines.named(caller, physicalId);
      applyTransitions(pipeline, properties);
      const wanted = definitionOf(properties, physicalId);
      if (JSON.stringify(wanted) === JSON.stringify(definitionOf(oldProperties, physicalId)))
        return described(pipeline);
      pipelines.update(caller, wanted);
      if (String(properties.RestartExecutionOnUpdate) === 'true') {
        pipelines.engine.start(pipeline, {
          trigger: { triggerType: 'StartPipelineExecution', triggerDetail: 'cloudformation.amazonaws.com' },
          variables: defaultVariables(wanted),
        });
      }
      return described(pipeline);
    },
    delete({ caller, physicalId }: ExistingResource) {
      pipelines.delete(caller, physicalId);
    },
  };
}

function applyTransitions(pipeline: Pipeline, properties: Properties): void {
  const disabled = transitionsSchema.parse(properties.DisableInboundStageTransitions);
  for (const { name } of pipeline.definition.stages) {
    const wanted = disabled.find(({ StageName }) => StageName === name);
    if (wanted) pipeline.disable(name, wanted.Reason);
    else if (pipeline.transitions.get(name)?.enabled === false) pipeline.enable(name);
  }
}

function described({ name, version }: Pipeline): StackResource {
  return { physicalId: name, attributes: { Version: String(version) } };
}
