import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { colonArn } from '../arns';
import { ALARM_NAMES } from '../names';

/**
 * Where all alarms tell, and nobody else but who has the account's own rights: over TLS, and for this account's alarms only.
 *
 * It has no key. AWS's own for SNS does not let alarms publish, and messages hold names and numbers of an alarm, no content.
 */
export class AlarmTopic extends Topic {
  /** @param emails who is asked to confirm a subscription; there may be others */
  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id, { displayName: 'MLflow-MLOps', enforceSSL: true });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': colonArn(this, 'cloudwatch', 'alarm', `${ALARM_NAMES}*`) },
        },
      }),
    );
    for (const address of emails) {
      this.addSubscription(new EmailSubscription(address));
    }
  }
}
