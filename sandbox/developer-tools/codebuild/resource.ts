import type { CreateProjectInput } from '@aws-sdk/client-codebuild';
import type { ExistingResource, ResourceHandler, ResourceRequest, StackResource } from '../../aws-json/cloudformation';
import { inputOf } from '../../aws-json/properties';
import type { ServiceModel } from '../../aws-json/service-model';
import type { Valid } from '../../aws-json/valid';
import { generatedName } from '../names';
import type { Project, Projects } from './projects';

/** The length of a name that CloudFormation makes for a project. */
const GENERATED_NAME = 40;

/** `AWS::CodeBuild::Project`. A template describes the whole project: what it no longer has is gone after an update. */
export function projectResource(model: ServiceModel, projects: Projects): ResourceHandler {
  const input = (properties: Readonly<Record<string, unknown>>, name: string): Valid<CreateProjectInput> =>
    inputOf(model, 'CreateProjectInput', { ...properties, Name: name }) as unknown as Valid<CreateProjectInput>;
  return {
    create({ caller, logicalId, properties }: ResourceRequest) {
      const name = typeof properties.Name === 'string' ? properties.Name : generatedName(logicalId, GENERATED_NAME);
      return described(projects.create(caller, input(properties, name)));
    },
    update({ caller, physicalId, properties }: ExistingResource) {
      return described(projects.replace(caller, input(properties, physicalId)));
    },
    delete({ caller, physicalId }: ExistingResource) {
      projects.delete(caller, physicalId);
    },
  };
}

function described({ arn, details }: Project): StackResource {
  return { physicalId: details.name, attributes: { Arn: arn } };
}
