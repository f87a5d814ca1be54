import type { Checkpoint } from '../../../lambda/create/archive/pack-archive';
import { checkpointOf, continueWith } from '../../../lambda/create/continuation';

const checkpoint = { upload: { uploadId: 'u' }, progress: { parts: 3 } } as Checkpoint;

test('the next invocation goes on with what the last one handed back, for the same content only', () => {
  const continuation = continueWith(undefined, 'a', checkpoint);
  expect(checkpointOf(continuation, 'a')).toBe(checkpoint);
  expect(checkpointOf(continuation, 'b')).toBeUndefined();
  expect(checkpointOf(undefined, 'a')).toBeUndefined();
});

test('an archive that never comes to its end is given up', () => {
  let continuation = continueWith(undefined, 'a', checkpoint);
  const goOn = () => {
    for (;;) {
      continuation = continueWith(continuation, 'a', checkpoint);
    }
  };
  expect(goOn).toThrow(/given up after 500 invocations, with 3 parts/);
});
