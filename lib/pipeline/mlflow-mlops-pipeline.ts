import { Duration, RemovalPolicy, type Stage } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { CodePipeline, type CodePipelineSource, type IFileSetProducer, ShellStep } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import { PIPELINE_NAME } from '../names';
import { acknowledgePipeline } from './acknowledge-pipeline';
import { CDK_ASSETS_CLI_VERSION, CDK_CLI_VERSION } from './versions';

/** The pipeline that deploys this project, itself included, whenever its branch moves. */
export class MlflowMlopsPipeline extends Construct {
  /**
   * @param source the repository with this project's code
   * @param stages what is deployed, in this order
   */
  constructor(scope: Construct, id: string, source: CodePipelineSource, stages: readonly Stage[]) {
    super(scope, id);
    const artifactBucket = new Bucket(this, 'Artifacts', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // What runs leave behind; everything in it can be made again from the repository.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineName: PIPELINE_NAME,
      pipelineType: PipelineType.V2,
      artifactBucket: artifactBucket as IBucket,
      // Unpinned, the self-mutation would take whatever npm calls the latest on that day.
      cliVersion: CDK_CLI_VERSION,
      cdkAssetsCliVersion: CDK_ASSETS_CLI_VERSION,
      // One project publishes all assets: a project for each would cost a minute of its own.
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxBuildImage.STANDARD_7_0 },
        partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: '24' } } } }),
      },
      // CDK's own classes do not fit its interfaces under exactOptionalPropertyTypes.
      synth: new ShellStep('Synth', {
        input: source as IFileSetProducer,
        installCommands: ['npm ci'],
        commands: ['npm run test:unit', 'npx cdk synth --quiet'],
        primaryOutputDirectory: 'cdk.out',
      }) as IFileSetProducer,
    });
    for (const stage of stages) {
      pipeline.addStage(stage);
    }
    pipeline.buildPipeline();
    acknowledgePipeline(this, artifactBucket);
  }
}
