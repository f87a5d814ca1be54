import { DescribeRecordCommand, type RecordDetail, type RecordOutput } from '@aws-sdk/client-service-catalog';
import type { Aws } from '../demo/aws';
import { until } from '../demo/until';

/** A build that runs may have to end first. */
const TIMEOUT_MS = 600_000;

/**
 * Waits for the end of what a record asked for.
 *
 * @param what in words, for the error
 * @returns the outputs of the stack
 * @throws Error with the reason in the record
 */
export async function ended(
  { serviceCatalog }: Aws,
  what: string,
  record: RecordDetail | undefined,
): Promise<RecordOutput[]> {
  const command = new DescribeRecordCommand({ Id: record?.RecordId });
  const { RecordDetail, RecordOutputs = [] } = await until(
    what,
    async () => {
      const described = await serviceCatalog.send(command);
      const { Status = '' } = described.RecordDetail ?? {};
      return ['SUCCEEDED', 'FAILED'].includes(Status) && described;
    },
    TIMEOUT_MS,
  );
  if (RecordDetail?.Status === 'FAILED') {
    const reasons = (RecordDetail.RecordErrors ?? []).map(({ Description }) => Description);
    throw new Error(`${what} failed: ${reasons.join('; ') || 'Service Catalog gives no reason'}`);
  }
  return RecordOutputs;
}
