import fc from 'fast-check';
import { MultisetDigest } from '../../../../lambda/shared/ledger/multiset';

function digestOf(texts: readonly string[]) {
  const digest = new MultisetDigest();
  for (const text of texts) {
    digest.add(text);
  }
  return digest.state;
}

test('is the same in any order, and goes on where it was put away', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(), (texts, cut) => {
      const at = cut % (texts.length + 1);
      const [first, second] = [texts.slice(0, at), texts.slice(at)];
      const goneOn = new MultisetDigest(digestOf(second));
      for (const text of first) {
        goneOn.add(text);
      }
      expect(goneOn.state).toEqual(digestOf(texts));
    }),
  );
});

test('differs when a text is missing, another, or there twice', () => {
  const all = digestOf(['a', 'b', 'c']);
  for (const other of [['a', 'b'], ['a', 'b', 'd'], ['a', 'b', 'c', 'c'], ['a', 'bc'], []]) {
    expect(digestOf(other)).not.toEqual(all);
  }
});
