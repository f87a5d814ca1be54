import fc from 'fast-check';
import {
  decodeMetadataText,
  encodeMetadataText,
  fitsMetadataValue,
  METADATA_VALUE_MAX,
} from '../../../../lambda/shared/packages/metadata-text';
import { anyCharacter } from '../../../support/any-character';

/** botocore 1.44, sagemaker 2017-07-24, CustomerMetadataValue. */
const SAGEMAKER = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('=', '4', '1', 'F', 'a', ' ', '\u2028', '\u00A0', '\uFEFF', 'é', '\u0301', '😀'),
    maxLength: 12,
  }),
);

describe('metadata text', () => {
  test('leaves no character of 16 bits as it is that SageMaker could refuse or change', () => {
    const codes = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    const plain = codes.filter((character) => encodeMetadataText(character) === character).join('');
    expect(plain.replace(/[\p{L}\p{N}]/gu, '')).toBe('+-./:@_');
    expect(plain.normalize('NFC')).toBe(plain);
    expect(plain.length).toBeGreaterThan(30_000);
  });

  test('is readable where people write names, addresses and dates', () => {
    for (const text of [
      'Staging',
      'https://host:5000/a_b-c.d+e@f',
      'größe',
      'модель',
      'μοντέλο',
      'מודל',
      'نموذج',
      '予測モデル',
      'two  words',
      '예측',
    ]) {
      expect(encodeMetadataText(text)).toBe(text);
    }
    expect(encodeMetadataText('{"a": 1}')).toBe('=7B=22a=22: 1=7D');
  });

  test.each([
    ['an equals sign', 'a=b', 'a=3Db'],
    ['a space at the front', ' a', '=20a'],
    ['a space at the end', 'a ', 'a=20'],
    ['nothing but spaces', '   ', '=20 =20'],
    ['one space', ' ', '=20'],
    ['a line break', 'a\nb', 'a=0Ab'],
    ['a line separator', 'a\u2028b', 'a=E2=80=A8b'],
    ['a no-break space', 'a\u00A0b', 'a=C2=A0b'],
    ['a mark of its own', 'e\u0301', 'e=CC=81'],
    ['a letter beyond 16 bits', '\u{20000}', '=F0=A0=80=80'],
    ['a letter that Unicode got late', '\u{1CCD6}\uA7CB', '=F0=9C=B3=96=EA=9F=8B'],
    ['a byte order mark', '\uFEFFa', '=EF=BB=BFa'],
  ])('escapes %s', (_, text, encoded) => {
    expect(encodeMetadataText(text)).toBe(encoded);
    expect(decodeMetadataText(encoded)).toBe(text);
  });

  test('of a lone surrogate, which no UTF-8 can hold, comes back as the replacement character', () => {
    expect(decodeMetadataText(encodeMetadataText('a\uD800b'))).toBe('a\uFFFDb');
  });

  test.each(['alpha=42', 'a=b', '=', '50=3', '=ff', 'x=FF', 'bytes=C3', 'a=ED=A0=80', 'y=41=3D', 'plain'])(
    'that people wrote stays as it is: %s',
    (written) => {
      expect(decodeMetadataText(written)).toBe(written);
    },
  );

  test('is decoded where escapes stand between other characters, more than once', () => {
    expect(decodeMetadataText('a=3Db=3Dc =C3=28 =E2=80=A8=0A')).toBe('a=b=c =C3=28 \u2028\n');
  });

  test('fits up to the last character', () => {
    expect(fitsMetadataValue('x'.repeat(METADATA_VALUE_MAX))).toBe(true);
    expect(fitsMetadataValue('x'.repeat(METADATA_VALUE_MAX + 1))).toBe(false);
  });

  test('of the longest value stays a value', () => {
    expect(encodeMetadataText('é'.repeat(METADATA_VALUE_MAX))).toHaveLength(METADATA_VALUE_MAX);
  });

  test('comes back exactly, whatever well-formed Unicode it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeMetadataText(encodeMetadataText(text))).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  test('is in the alphabet that SageMaker takes, counted the same in every way, and nothing trims it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const encoded = encodeMetadataText(text);
        expect(encoded).toMatch(SAGEMAKER);
        expect([...encoded].length).toBe(encoded.length);
        expect(encoded.normalize('NFC')).toBe(encoded);
        expect(encoded.trim()).toBe(encoded);
      }),
      { numRuns: 1000 },
    );
  });

  test('of two texts is never the same', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(encodeMetadataText(one) === encodeMetadataText(other)).toBe(one.toWellFormed() === other.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });
});
