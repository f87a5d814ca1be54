import { Stack, type StackProps, type Stage } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { permissionsBoundaryName } from './names';
import { artifactBucket } from './pipeline/artifacts';
import { Enrolment } from './pipeline/enrolment';
import { modelNameParameter } from './pipeline/model-name';
import { ModelPipeline } from './pipeline/model-pipeline';
import { ModelRepository, type Seed } from './pipeline/model-repository';
import { StartRule } from './pipeline/start-rule';
import { Termination } from './pipeline/termination';
import { modelStackSynthesizer } from './synthesizer';

export interface ModelPipelineStackProps extends Pick<StackProps, 'stackName'> {
  /** What a new repository begins with; the template of the Service Catalog product has it. */
  readonly seed?: Seed;
  /** Makes what the pipeline deploys, in this order; the template of the product has nothing yet. */
  readonly stages?: (stack: Stack) => Stage[];
  /** Whether the endpoints stay when the product is terminated. */
  readonly keepEndpoints: boolean;
}

/**
 * Everything that belongs to one model. Service Catalog launches it as a product, without stages; from its first run on the
 * pipeline updates it by itself. Both are this one class, so that a resource is the same in both: the ids here are a contract.
 */
export class ModelPipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: ModelPipelineStackProps) {
    super(scope, id, {
      description: "MLflow-MLOps: one model's repository, pipeline and endpoints",
      ...(props.stackName ? { stackName: props.stackName } : {}),
      synthesizer: modelStackSynthesizer(),
    });
    const modelName = modelNameParameter(this);
    const enrolment = new Enrolment(this, 'Enrolment', modelName.valueAsString);
    const { repository, resource } = new ModelRepository(this, 'Repository', enrolment.repositoryName, props.seed);
    const artifacts = artifactBucket(this, 'Artifacts');
    const rule = new StartRule(this, 'Rule', enrolment);
    const pipeline = new ModelPipeline(this, 'Pipeline', {
      pipelineName: enrolment.pipelineName,
      groupName: enrolment.groupName,
      repository,
      artifacts: artifacts as IBucket,
      stages: props.stages?.(this) ?? [],
    });
    const termination = new Termination(this, 'Termination', enrolment, props.keepEndpoints);

    // A registry that cannot be reached is found out before there is a bucket that stays.
    artifacts.node.addDependency(enrolment);
    // A second product for one model fails by the repository's name, before it has made anything else.
    for (const later of [artifacts, rule]) {
      later.node.addDependency(resource);
    }
    // The first run reads the registry as it is; what changes after that is the rule's.
    pipeline.node.addDependency(rule);
    // Last made is first deleted: nothing may start or run any more when the rest goes.
    termination.node.addDependency(rule, pipeline, repository);

    const boundary = ManagedPolicy.fromManagedPolicyName(this, 'Boundary', permissionsBoundaryName(this.region));
    PermissionsBoundary.of(this).apply(boundary);
  }
}
