import crypto from 'node:crypto';
import { claimOf, isSigned } from '../../../lambda/webhook/signatures';
import { FIRST, header, ID, MLFLOW, mlflow, NOW, TIMESTAMP } from '../../support/forging';

describe('how long it takes tells nothing: whatever is right,', () => {
  const secrets = ['one', 'two', 'three'];
  const body = Buffer.from(FIRST.raw);
  const right = (secret: string) => header(mlflow(FIRST.raw, secret), MLFLOW);
  const wrong = 'v1,'.padEnd(47, 'A');

  /** What is compared for some signatures: how often, and of what lengths. */
  function compared(signatures: string): { result: boolean; lengths: number[][]; hashes: number } {
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const hash = jest.spyOn(crypto, 'createHmac');
    const claim = claimOf({ [ID]: 'd-1', [TIMESTAMP]: String(NOW), [MLFLOW]: signatures }, body, NOW);
    const result = claim !== undefined && isSigned(claim, secrets);
    const lengths = compare.mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength));
    const hashes = hash.mock.calls.length;
    compare.mockRestore();
    hash.mockRestore();
    return { result, lengths, hashes };
  }

  test.each([
    ['nothing', [wrong, wrong, wrong], false],
    ['nothing, and of other lengths', ['v1,', 'x', wrong.slice(0, 20)], false],
    ['nothing but the beginning', [right('one').slice(0, -2), right('two').slice(0, 10), wrong], false],
    ['the first signature under the first secret', [right('one'), wrong, wrong], true],
    ['the last signature under the last secret', [wrong, wrong, right('three')], true],
    ['all of them', secrets.map(right), true],
  ])('%s, all are compared by digests of the same length', (_what, signatures, expected) => {
    const { result, lengths, hashes } = compared(signatures.join(' '));
    expect(result).toBe(expected);
    expect(lengths).toEqual(Array(9).fill([32, 32]));
    // A digest for each of three signatures, and two for each of three secrets.
    expect(hashes).toBe(9);
  });
});
