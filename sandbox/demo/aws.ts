import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { ServiceCatalogClient } from '@aws-sdk/client-service-catalog';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SandboxEnv } from '../cli/context';

/** The public AWS clients of one account of the sandbox. */
export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly codeBuild: CodeBuildClient;
  readonly codeCommit: CodeCommitClient;
  readonly codePipeline: CodePipelineClient;
  readonly eventBridge: EventBridgeClient;
  readonly s3: S3Client;
  readonly sageMaker: SageMakerClient;
  readonly sageMakerRuntime: SageMakerRuntimeClient;
  readonly serviceCatalog: ServiceCatalogClient;
  readonly stepFunctions: SFNClient;
  readonly ssm: SSMClient;
}

/** Clients for an account; nothing is read from this process's own AWS configuration. */
export function awsOf(env: SandboxEnv): Aws {
  const account = {
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  };
  const ministack = { ...account, endpoint: env.AWS_ENDPOINT_URL };
  return {
    cloudFormation: new CloudFormationClient(ministack),
    codeBuild: new CodeBuildClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_CODEBUILD }),
    codeCommit: new CodeCommitClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_CODECOMMIT }),
    codePipeline: new CodePipelineClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_CODEPIPELINE }),
    eventBridge: new EventBridgeClient(ministack),
    s3: new S3Client({ ...ministack, forcePathStyle: true }),
    sageMaker: new SageMakerClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_SAGEMAKER }),
    sageMakerRuntime: new SageMakerRuntimeClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME }),
    serviceCatalog: new ServiceCatalogClient({ ...account, endpoint: env.AWS_ENDPOINT_URL_SERVICE_CATALOG }),
    stepFunctions: new SFNClient(ministack),
    ssm: new SSMClient(ministack),
  };
}
