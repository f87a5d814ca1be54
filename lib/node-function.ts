import { join } from 'node:path';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PROJECT } from './project';

/** How esbuild makes a function's bundle of its handler. */
export const BUNDLING = {
  format: OutputFormat.CJS,
  // Packages' ES modules before their CommonJS, since esbuild leaves out only of these what nobody uses.
  mainFields: ['module', 'main'],
  // The sandbox runs the same bundle with the Node of its machine.
  target: 'node20',
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  loader: { '.py': 'text' },
} as const;

export interface NodeFunctionProps {
  /** Folder of the step below `lambda/`, which holds its `handler.ts`. */
  readonly step: string;
  /** What `handler.ts` exports. @default 'handler' */
  readonly handler?: string;
  /** For a function that other stacks know by its name. @default - CloudFormation names it */
  readonly functionName?: string;
  /** Takes asynchronous events that the function could not take. @default - they are dropped */
  readonly deadLetterQueue?: IQueue;
  /** One line for those who look at the function in the console. */
  readonly description: string;
  readonly environment: Record<string, string>;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** MB; the CPU's share grows with it. @default 512 */
  readonly memorySize?: number;
  /** Whether stack traces name the sources: Node then reads the map at each cold start. @default true */
  readonly sourceMap?: boolean;
}

/** One of this project's Lambdas: bundled by esbuild without Docker, with a log group of its own and no rights yet. */
export class NodeFunction extends NodejsFunction {
  /** Changes whenever what the function does changes, and with nothing else. */
  readonly codeHash: string;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    // In place of the managed policy, which lets a function write every log of the account.
    logGroup.grantWrite(role);
    const { sourceMap = true } = props;
    super(scope, id, {
      description: props.description,
      ...(props.functionName ? { functionName: props.functionName } : {}),
      ...(props.deadLetterQueue ? { deadLetterQueue: props.deadLetterQueue } : {}),
      handler: props.handler ?? 'handler',
      entry: join(PROJECT, 'lambda', props.step, 'handler.ts'),
      depsLockFilePath: join(PROJECT, 'package-lock.json'),
      projectRoot: PROJECT,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memorySize ?? 512,
      tracing: Tracing.DISABLED,
      environment: {
        ...props.environment,
        // With it, S3 refuses a bucket of that name in another account.
        ...(props.environment.ARTIFACT_BUCKET ? { ARTIFACT_BUCKET_OWNER: Aws.ACCOUNT_ID } : {}),
        POWERTOOLS_SERVICE_NAME: 'mlflow-mlops',
        ...(sourceMap ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
      },
      logGroup,
      role,
      // The SDK is bundled: the version that was tested is the one that runs.
      bundling: {
        ...BUNDLING,
        sourceMap,
        mainFields: [...BUNDLING.mainFields],
        bundleAwsSDK: true,
        forceDockerBundling: false,
      },
    });
    this.codeHash = (this.node.findChild('Code') as Asset).assetHash;
  }
}
