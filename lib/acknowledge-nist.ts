import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag's NIST 800-53 r5 pack that stays unmet, and why. */
export interface NistReason {
  /** Without the pack's name, for example `LambdaDLQ`. */
  readonly rule: string;
  /** Paths of constructs below the root stack. @default - wherever in the app the rule is found */
  readonly of?: readonly string[];
  readonly reason: string;
}

const SYNC = 'ModelRepack/ModelSyncStack';
const BUCKETS = [`${SYNC}/Artifacts`, 'MLflow-MLOps/Artifacts'];
const API = [`${SYNC}/Webhook/Api`];
const AWS_KEYS = "AWS's own keys encrypt it; with the context mlflow-mlops:kms-key a key of the account's own does.";

/**
 * Every finding of the pack that stays, in one place: most are about the project as a whole and not about one construct of it.
 * What is said of the whole app is said of kinds of resources; where the reason is a resource's own, it is said of that one alone,
 * so that another one is found.
 */
export const NIST_REASONS: readonly NistReason[] = [
  {
    rule: 'IAMNoInlinePolicy',
    reason:
      'Each policy is of one role, is made and goes with it, and no person can attach it elsewhere: nothing here is shared that a managed ' +
      'policy would be for.',
  },
  {
    rule: 'LambdaInsideVPC',
    reason:
      'The functions call AWS and the registry, both over TLS with credentials of their own, and open no port. In a VPC they would need ' +
      'NAT or a dozen endpoints that cost more than all else here; a registry that only a VPC reaches is a choice of the account.',
  },
  {
    rule: 'LambdaConcurrency',
    reason:
      "Reserved concurrency is taken from the account's, of which a new account has too little to reserve any, so that a deployment would " +
      'fail. What runs at once is bounded before the functions: by throttling at the API, and by MaxConcurrency in the state machine.',
  },
  {
    rule: 'LambdaDLQ',
    of: [`${SYNC}/Functions`],
    reason:
      'The state machine waits for their answers, and tells and retries what fails: nothing is queued that could be lost.',
  },
  {
    rule: 'LambdaDLQ',
    of: [`${SYNC}/Webhook/Receiver`],
    reason:
      'API Gateway waits for its answer: a sender hears 503 and comes again, and the hourly sync finds what never came.',
  },
  {
    rule: 'LambdaDLQ',
    of: [`${SYNC}/Enrolment`, `${SYNC}/Terminate`],
    reason:
      "CloudFormation hears of each failure of a custom resource by CDK's provider framework, and fails the stack with it. The check for " +
      'pending enrolments runs again a minute later.',
  },
  {
    rule: 'LambdaDLQ',
    of: [`${SYNC}/ImageLifecycle/Sweep`],
    reason: 'An alarm fires, and the sweep of the next day does the same again: nothing is queued that could be lost.',
  },
  {
    rule: 'LambdaDLQ',
    of: [`${SYNC}/WebhookSecretRotation`],
    reason:
      'Secrets Manager repeats a failed rotation, in which every step may be repeated, and an alarm fires. Receivers accept the ' +
      'previous secret for a day.',
  },
  {
    rule: 'APIGWExecutionLoggingEnabled',
    of: API,
    reason:
      'API Gateway would create the log group itself, without a retention, outside the stack and its key. The access log has each ' +
      'request, and the function logs why it refused one.',
  },
  { rule: 'CloudWatchLogGroupEncrypted', reason: AWS_KEYS },
  {
    rule: 'SNSEncryptedKMS',
    of: [`${SYNC}/Watch/Topic`],
    reason:
      "AWS's own key for SNS does not let alarms publish; messages hold an alarm's name and numbers, and go out by mail in the end.",
  },
  { rule: 'S3DefaultEncryptionKMS', of: [`${SYNC}/Artifacts`], reason: AWS_KEYS },
  {
    rule: 'S3DefaultEncryptionKMS',
    of: ['MLflow-MLOps/Artifacts'],
    reason: "It has this project's code and its templates, no model and no secret: S3's own key encrypts them.",
  },
  { rule: 'SecretsManagerUsingKMSKey', of: [`${SYNC}/WebhookSecret`], reason: AWS_KEYS },
  {
    rule: 'S3BucketLoggingEnabled',
    of: BUCKETS,
    reason:
      'CloudTrail data events are the audit of who reads models; access logs would need a bucket more. The pipeline keeps a history of its own.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    of: BUCKETS,
    reason:
      'All that is in it can be made again: archives by a sync, from the registry, and files of runs from the repository.',
  },
  {
    rule: 'S3BucketVersioningEnabled',
    of: ['MLflow-MLOps/Artifacts'],
    reason: 'Each run writes under keys of its own, which nothing overwrites, and everything goes after 90 days.',
  },
  {
    rule: 'APIGWAssociatedWithWAF',
    of: API,
    reason:
      'Stage throttling bounds what unsigned calls can cost; a web ACL costs more than the rest of the API, and is an account-wide choice.',
  },
  {
    rule: 'APIGWCacheEnabledAndEncrypted',
    of: API,
    reason: 'Each delivery is a POST that has to be verified itself: no answer may come from a cache.',
  },
  {
    rule: 'APIGWSSLEnabled',
    of: API,
    reason: 'A client certificate proves API Gateway to an HTTP backend: here it invokes a function, by IAM.',
  },
];

/** Acknowledges {@link NIST_REASONS} in an app. Call it when the app is whole; what this app does not have is passed over. */
export function acknowledgeNist(root: IConstruct): void {
  for (const { rule, of, reason } of NIST_REASONS) {
    for (const scope of of === undefined ? [root] : of.flatMap((path) => below(root, path) ?? [])) {
      Validations.of(scope).acknowledge({ id: `NIST.800.53.R5::NIST.800.53.R5-${rule}`, reason });
    }
  }
}

function below(root: IConstruct, path: string): IConstruct | undefined {
  return path.split('/').reduce<IConstruct | undefined>((scope, id) => scope?.node.tryFindChild(id), root);
}
