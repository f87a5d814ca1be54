import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { MODEL_FILES } from '../../lambda/shared/artifact-folders';
import { endpointRoleName } from '../../product-template/lib/names';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, colonArn } from '../arns';
import { grantKey } from '../encryption';

/** Where SageMaker writes the logs of endpoints, and the metrics of their instances (sagemaker/latest/dg/logging-cloudwatch.html). */
const ENDPOINT_LOGS = '/aws/sagemaker/Endpoints/*';
const METRICS = '/aws/sagemaker/*';

/**
 * The role that endpoints run with unless their `inference.yaml` names another one. A model is code, and has the role's rights: here
 * these are what SageMaker needs to bring an endpoint up, and no more (sagemaker/latest/dg/sagemaker-roles.html, CreateModel). It reads
 * models and pulls images, and writes logs and metrics of endpoints. It changes no package, repository, build or object.
 *
 * It has a fixed name, since the models' own pipelines put its ARN together.
 */
export class EndpointRole extends Role {
  /** @param bucket has the models, and perhaps a key of the account's own */
  constructor(scope: Construct, id: string, bucket: Bucket) {
    super(scope, id, {
      roleName: endpointRoleName(Aws.REGION),
      description: 'MLflow-MLOps: what the containers of endpoints may do',
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
    });
    this.addToPolicy(allow('s3', ['GetObject'], bucket.arnForObjects(`${MODEL_FILES}/*`)));
    // SageMaker lists the files of a model that is not in an archive.
    this.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${MODEL_FILES}/*` } },
      }),
    );
    grantKey(bucket.encryptionKey, this, 's3', 'Decrypt');
    // AWS's images are in accounts of AWS's, a team's perhaps in another of its own; those of an endpoint are in its region.
    this.addToPolicy(
      allow(
        'ecr',
        ['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'],
        `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:*:repository/*`,
      ),
    );
    this.addToPolicy(allow('ecr', ['GetAuthorizationToken'], '*'));
    this.addToPolicy(
      allow(
        'logs',
        ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'],
        colonArn(this, 'logs', 'log-group', ENDPOINT_LOGS),
      ),
    );
    // A metric has no ARN; its namespace is a condition (AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
    this.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': METRICS } },
      }),
    );
    acknowledgeWildcards(this, {
      [MODEL_FILES]: 'The archives of all models: their endpoints share this role.',
      'repository/':
        'The images of models, in accounts of AWS or yours. The policies of repositories decide who can pull.',
      [ENDPOINT_LOGS]: 'The logs of endpoints, named after the endpoints by SageMaker.',
      '*': "The ECR login and metrics have no resource. The condition limits metrics to SageMaker's own.",
    });
  }
}
