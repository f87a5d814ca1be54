import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, type CfnGlobalTable, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { grantKey } from '../encryption';

/** Enrolments, claims, the ledger, and what was deployed. */
export class SyncTable extends TableV2 {
  /** @param key by default AWS's own for DynamoDB */
  constructor(
    scope: Construct,
    id: string,
    private readonly key: IKey | undefined,
  ) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Enrolments come back with the custom resources that made them; claims live for minutes.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (key !== undefined) {
      // TableEncryptionV2.customerManagedKey wants to know the region at synthesis, which this stack does not.
      const table = this.node.defaultChild as CfnGlobalTable;
      table.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: key.keyArn });
    }
  }

  /** Lets somebody use the table's key whose right to the table itself comes from elsewhere. */
  grantItsKey(grantee: IGrantable): void {
    grantKey(this.key, grantee, 'dynamodb', 'Decrypt');
  }

  /** Whoever reads or writes also has DynamoDB decrypt the table's key (dynamodb/latest/developerguide/encryption.usagenotes.html). */
  override grant(grantee: IGrantable, ...actions: string[]): Grant {
    this.grantItsKey(grantee);
    return super.grant(grantee, ...actions);
  }
}
