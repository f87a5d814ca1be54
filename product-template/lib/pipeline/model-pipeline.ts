import type { Stage } from 'aws-cdk-lib';
import { BuildSpec, type CfnProject, type IProject, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { ExecutionMode, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CodePipeline, CodePipelineSource, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import { BRANCH } from '../names';
import { synthStep } from './synth-step';
import { CDK_ASSETS_CLI_VERSION, CDK_CLI_VERSION } from './versions';

export interface ModelPipelineProps {
  readonly pipelineName: string;
  readonly groupName: string;
  readonly repository: IRepository;
  readonly artifacts: IBucket;
  /** What is deployed, in this order. */
  readonly stages: readonly Stage[];
}

/** The pipeline that deploys the model's endpoints, and itself before them. */
export class ModelPipeline extends Construct {
  constructor(scope: Construct, id: string, props: ModelPipelineProps) {
    super(scope, id);
    const source = CodePipelineSource.codeCommit(props.repository, BRANCH, { actionName: 'Source' });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineName: props.pipelineName,
      pipelineType: PipelineType.V2,
      // A run deploys what the registry holds when it runs, so of those that wait only the last one matters.
      executionMode: ExecutionMode.SUPERSEDED,
      artifactBucket: props.artifacts,
      cliVersion: CDK_CLI_VERSION,
      cdkAssetsCliVersion: CDK_ASSETS_CLI_VERSION,
      // One role for the pipeline instead of one for each of its actions.
      usePipelineRoleForActions: true,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxBuildImage.STANDARD_7_0 },
        partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: '24' } } } }),
      },
      // CDK's own classes do not fit its interfaces under exactOptionalPropertyTypes.
      synth: synthStep(this, source as IFileSetProducer, props) as IFileSetProducer,
    });
    for (const stage of props.stages) {
      pipeline.addStage(stage);
    }
    pipeline.buildPipeline();
    // CDK would put the stack's name there, which the template of the product cannot know.
    describe(pipeline.synthProject, "Reads the model's packages and makes the templates");
    describe(pipeline.selfMutationProject, 'Updates the pipeline itself');
    // A pipeline runs as soon as it is made: what its builds may do has to be said before.
    pipeline.pipeline.node.defaultChild?.node.addDependency(pipeline.synthProject, pipeline.selfMutationProject);
  }
}

function describe(project: IProject, description: string): void {
  (project.node.defaultChild as CfnProject).description = description;
}
