import fc from 'fast-check';
import { anyCharacter } from '../../../support/any-character';

const ALPHABETS = [
  fc.constantFrom('a', 'A', '_', '-', '.', ' ', 'é', 'e\u0301', 'É'),
  fc.constantFrom('0', 'v', '-', '--', '/', ':', '\u2028', '\u00A0', '模', '😀', '\u{1CCD6}', 'ß', 'İ', 'K'),
];
/** Single UTF-16 units, lone surrogates among them, which are no Unicode and come in JSON all the same. */
const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const segment = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_', '0'), minLength: 1, maxLength: 20 });
const wild = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 250 }),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 30 }),
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

/** Names that look the same as another one to people, to file systems, or to what does not know all of Unicode. */
function lookalikes(name: string): string[] {
  const at = Math.floor(name.length / 2);
  return [
    name.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
    name.replaceAll('a', '\u0430'),
    name.replaceAll('-', '\u2010'),
    name.replace(/[_. -]/g, '.'),
    name.replace(/[_. -]/g, '_'),
    `${name}.`,
    `${name}_`,
    `${name}\u200d`,
    `${name}\ufe0f`,
    `${name}\0`,
    `${name}\ud83d`,
    `${name}\ude00`,
    `${name}😀`,
    `${name}👍🏽`,
    `\ufeff${name}`,
    `${name.slice(0, at)}\u200b${name.slice(at)}`,
    name.slice(0, -1),
    name.slice(1),
    [...name].reverse().join(''),
    name.padEnd(300, 'x'),
    name.padEnd(301, 'x'),
    name.replace(/.$/su, (last) => String.fromCodePoint((last.codePointAt(0) ?? 0) ^ 1)),
    name.toLocaleUpperCase('tr'),
    name.toLocaleLowerCase('tr'),
  ];
}

/** Names that one name is paired with. */
const NEIGHBOURS = 8;

/** So many pairs of different names, near to each other, the same for the same seed. */
export function nearPairs(count: number, seed = 20261126): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  fc.sample(wild, { numRuns: Math.ceil(count / NEIGHBOURS) * 2, seed }).forEach((name, index) => {
    const others = [...new Set([...nearby(name), ...lookalikes(name)])].filter(
      (other) => other !== name && other !== '',
    );
    // Some of them each time, all of them over time.
    const first = index * NEIGHBOURS;
    const some = Array.from({ length: NEIGHBOURS }, (_, at) => others[(first + at) % others.length] as string);
    pairs.push(...some.slice(0, count - pairs.length).map((other) => [name, other] as const));
  });
  return pairs;
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
