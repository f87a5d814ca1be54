import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { INextable, State } from 'aws-cdk-lib/aws-stepfunctions';
import { DynamoAttributeValue, DynamoUpdateItem } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { VERIFIED } from '../../lambda/shared/store/partitions';
import { oneLine, RETRY } from './sync-step';

/** The condition fails if another sync has written or struck since the plan read the record: the model is looked at again then. */
export const WRITE_ENTRY = {
  UpdateExpression: 'SET verified = :verified ADD revision :one',
  ConditionExpression: 'attribute_not_exists(revision) OR revision = :revision',
} as const;

/** The state without the entry, which nobody needs outside. */
const WITHOUT_ENTRY = oneLine('{% $sift($states.input, function($value, $key) { $key != "entry" }) %}');

/**
 * Writes the ledger's entry that the last plan returned, after the event is published. Step Functions writes it itself: no
 * function runs for it.
 *
 * Errors end here, and the sync is no failure for them: there is no entry then, and the next sync looks at the model again.
 *
 * @param next whatever became of it
 */
export function writeEntry(scope: Construct, table: TableV2, next: State): State & INextable {
  const text = (name: string) => DynamoAttributeValue.fromString(`{% $states.input.entry.${name} %}`);
  const number = (name: string) => DynamoAttributeValue.numberFromString(`{% $string($states.input.entry.${name}) %}`);
  const write = DynamoUpdateItem.jsonata(scope, 'Count as in order', {
    table,
    key: {
      pk: DynamoAttributeValue.fromString(VERIFIED),
      sk: DynamoAttributeValue.fromString('{% $states.input.modelName %}'),
    },
    updateExpression: WRITE_ENTRY.UpdateExpression,
    conditionExpression: WRITE_ENTRY.ConditionExpression,
    expressionAttributeValues: {
      ':verified': DynamoAttributeValue.fromMap({
        desired: text('desired'),
        present: text('present'),
        verifiedAt: number('verifiedAt'),
        kept: number('kept'),
      }),
      ':revision': number('revision'),
      ':one': DynamoAttributeValue.fromNumber(1),
    },
    outputs: WITHOUT_ENTRY,
  });
  // Another sync has written or struck since: that one decides.
  write.addRetry({ ...RETRY, errors: ['DynamoDB.ConditionalCheckFailedException'], maxAttempts: 0 });
  write.addRetry({ ...RETRY, errors: ['States.TaskFailed'] });
  write.addCatch(next, { outputs: WITHOUT_ENTRY });
  write.next(next);
  return write;
}
