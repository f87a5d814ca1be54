import fc from 'fast-check';

const ALPHABETS = [
  fc.constantFrom('a', 'A', '_', '-', '.', ' ', 'é', 'e\u0301', 'É'),
  fc.constantFrom('0', 'v', '-', '--', '/', ':', '\u2028', '\u00A0', '模', '😀', '\u{1CCD6}', 'ß', 'İ', 'K'),
];
/** Single UTF-16 units, lone surrogates among them, which are no Unicode and come in JSON all the same. */
const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const segment = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_', '0'), minLength: 1, maxLength: 20 });
const wild = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 250 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.string({ unit, minLength: 1, maxLength: 10 }),
  fc.string({ unit: fc.oneof(...ALPHABETS), minLength: 1, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 30, maxLength: 70 }),
  fc.tuple(segment, segment, segment).map((parts) => parts.join('.')),
);

/** Names that are as near to a name as it gets: other case, normal form, separators, and ends. */
function nearby(name: string): string[] {
  return [
    name.toLowerCase(),
    name.toUpperCase(),
    name.normalize('NFC'),
    name.normalize('NFD'),
    name.normalize('NFKC'),
    name.replace(/[_. ]/g, '-'),
    name.replace(/-/g, '_'),
    name.replaceAll('-', '--'),
    ` ${name}`,
    `${name} `,
    `${name}-`,
    `${name}a`,
    // Around every length at which something is cut.
    ...[18, 20, 36, 38, 45, 46, 52, 53, 54, 55, 62, 63, 64, 250].flatMap((length) => [
      name.padEnd(length, 'x').slice(0, length),
      name.padEnd(length, 'x_').slice(0, length),
    ]),
  ];
}

/**
 * Some 20,000 model names that nobody would give, no two the same: wild ones, their neighbours, and names that look like what
 * `encode` makes of these. The seed is fixed, so a failure comes again.
 */
export function wildNames(encode: (name: string) => string[]): string[] {
  const names = new Set<string>();
  for (const name of fc.sample(wild, { numRuns: 600, seed: 20260901 })) {
    for (const one of [name, ...nearby(name)]) {
      names.add(one);
    }
    for (const encoded of encode(name)) {
      names.add(encoded);
    }
  }
  names.delete('');
  return [...names];
}
