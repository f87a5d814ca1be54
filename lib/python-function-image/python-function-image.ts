import { Aws, CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage, Project } from 'aws-cdk-lib/aws-codebuild';
import { Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeProvider, acknowledgeWildcards } from '../acknowledge';
import { PYTHON_FUNCTION_IMAGE_PARAMETER } from '../names';
import { NodeFunction } from '../node-function';
import { buildCommands, MLFLOW_VERSION } from './build-commands';

/**
 * The image for the flavour `python_function`, which AWS does not offer: MLflow's own scoring server, built in the account by
 * CodeBuild and named in SSM, where the sync looks for it. Nobody needs Docker for it. A URI that somebody put there stays.
 */
export class PythonFunctionImage extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const repository = new Repository(this, 'Repository', {
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      // Packages and endpoints refer to its images.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const commands = buildCommands();
    const project = new Project(this, 'Build', {
      description: `MLflow-MLOps: builds the image of MLflow ${MLFLOW_VERSION} for the flavor python_function`,
      // SageMaker's instances and its serverless endpoints run this architecture.
      environment: { buildImage: LinuxBuildImage.STANDARD_7_0, privileged: true },
      environmentVariables: {
        REPOSITORY_URI: { value: repository.repositoryUri },
        PARAMETER: { value: PYTHON_FUNCTION_IMAGE_PARAMETER },
      },
      timeout: Duration.hours(1),
      concurrentBuildLimit: 1,
      grantReportGroupPermissions: false,
      logging: {
        cloudWatch: {
          logGroup: new LogGroup(this, 'Logs', {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        },
      },
      buildSpec: BuildSpec.fromObject({ version: '0.2', phases: commands }),
    });
    repository.grantPullPush(project);
    project.addToRolePolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter', 'ssm:PutParameter'],
        resources: [
          `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${PYTHON_FUNCTION_IMAGE_PARAMETER}`,
        ],
      }),
    );
    this.startBuild(project, JSON.stringify(commands));
    acknowledgeWildcards(project, {
      '/aws/codebuild/': 'The log streams of one project.',
      '*': 'The ECR login has no resource. The build can push to one repository only.',
    });
    acknowledge(project, 'CB3', 'Building an image needs the Docker daemon of the build.');
    acknowledge(project, 'CB4', 'The build has no artifacts: its image goes to ECR, which encrypts it.');
  }

  /** Starts a build at the first deployment, and whenever its commands change. */
  private startBuild(project: Project, inputs: string): void {
    const start = new NodeFunction(this, 'Start', {
      step: 'start-build',
      description: 'Starts the build of the image for the flavor python_function',
      environment: { PROJECT_NAME: project.projectName },
    });
    start.addToRolePolicy(new PolicyStatement({ actions: ['codebuild:StartBuild'], resources: [project.projectArn] }));
    const provider = new Provider(this, 'Provider', {
      onEventHandler: start,
      logGroup: new LogGroup(this, 'ProviderLogs', { retention: RetentionDays.THREE_MONTHS }),
    });
    acknowledgeProvider(provider);
    const build = new CustomResource(this, 'Built', {
      resourceType: 'Custom::PythonFunctionImage',
      serviceToken: provider.serviceToken,
      properties: { Inputs: inputs },
    });
    // The project can be built before its role may do what the build does.
    build.node.addDependency(project);
  }
}
