import { Scan } from '../../../lambda/list/scan';
import { groupNameOf } from '../../../lambda/shared/names/group-name';

/** A scan of one model that has so many promoted versions, each with a package. */
function scanned(versions: number): Scan {
  const scan = Scan.of(['churn']);
  scan.addModel({ name: 'churn', aliases: new Map(), tags: { team: 'a' }, latest: [] });
  for (let number = 1; number <= versions; number++) {
    const version = { name: 'churn', version: String(number), stage: 'Production', aliases: [], tags: {} };
    scan.addVersion({
      ...version,
      creationTimestamp: number,
      runId: 'r',
      source: 's',
      description: '',
      status: 'READY',
    });
    const arn = `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${number}`;
    const listed = { arn, creationTime: number, status: 'Completed', approvalStatus: 'Approved' } as const;
    scan.addPackage(groupNameOf('churn'), listed);
  }
  return scan;
}

test('what a scan keeps of a model does not grow with its versions', () => {
  const [few, many] = [scanned(10), scanned(10_000)].map((scan) => JSON.stringify(scan.state));
  expect(few).not.toEqual(many);
  // Only the counts in the two digests get longer.
  expect((many as string).length - (few as string).length).toBeLessThan(100);
});
