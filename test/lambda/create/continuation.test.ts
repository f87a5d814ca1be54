import type { Checkpoint } from '../../../lambda/create/archive/pack-archive';
import { checkpointOf, continueWith, INVOCATIONS_MAX } from '../../../lambda/create/continuation';

const checkpoint = { uploadId: 'u', progress: { parts: 3 } } as Checkpoint;

test('the next invocation continues at the checkpoint of the last one, for the same content only', () => {
  const continuation = continueWith(undefined, 'a', checkpoint);
  expect(checkpointOf(continuation, 'a')).toBe(checkpoint);
  expect(checkpointOf(continuation, 'b')).toBeUndefined();
  expect(checkpointOf(undefined, 'a')).toBeUndefined();
  // As an earlier version of this code passed it on.
  const { uploadId, ...others } = checkpoint;
  const older = { ...others, upload: { uploadId } } as never;
  expect(checkpointOf({ ...continuation, checkpoint: older }, 'a')).toBeUndefined();
});

test('the last invocation that may not continue fails with the fix', () => {
  const before = { contentKey: 'a', invocations: INVOCATIONS_MAX - 2 };
  const last = continueWith(before, 'a', checkpoint);
  expect(() => continueWith(last, 'a', checkpoint)).toThrow(
    /not complete in S3 after 20 invocations: .*artifact-store.*sagemaker_deploy_model_data to uncompressed/,
  );
  expect(() => continueWith(last, 'a', undefined)).toThrow(/after 20 invocations: the next sync continues/);
});
