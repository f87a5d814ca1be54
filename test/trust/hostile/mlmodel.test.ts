import fc from 'fast-check';
import { sized, tried } from '../../../trust/sizes';
import { startFakeServer } from '../../support/fake-server';
import { refusal } from '../../support/refusal';
import { HostileRegistry } from '../../support/wire/hostile-registry';

const MIB = 1024 * 1024;
const registry = new HostileRegistry(startFakeServer());

describe('an MLmodel', () => {
  const doubled = (levels: number, leaf: string) =>
    [
      `a0: &a0 ${JSON.stringify(leaf)}`,
      ...Array.from({ length: levels }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`),
    ].join('\n');
  const bomb = (inside: string) => `${doubled(9, 'x'.repeat(500_000))}\nflavors:\n${inside}`;
  const TEXTS: readonly (readonly [what: string, text: string, told: RegExp])[] = [
    [
      'with a billion laughs',
      `${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
        .map(
          (name, at, all) =>
            `${name}: &${name} [${
              at === 0
                ? '"lol"'
                : Array(9)
                    .fill(`*${all[at - 1]}`)
                    .join(', ')
            }]`,
        )
        .join('\n')}\nflavors: {}`,
      /written out/,
    ],
    ['with few aliases of much, in what is written out', bomb('  tensorflow: {data: tf, x: *a9}\n'), /written out/],
    [
      'with few aliases of much, in its signature',
      `${bomb('  tensorflow: {data: tf}\n')}signature: {inputs: *a9}\n`,
      /written out/,
    ],
    ['that holds itself', 'flavors: {tensorflow: &me {data: tf, me: *me}}\n', /written out/],
    ['with a Python object', 'flavors: !!python/object/apply:os.system ["touch /tmp/hostile"]\n', /YAML/],
    ['with a function', 'flavors: {sklearn: !!js/function "function () { process.exit(1) }"}\n', /YAML/],
    ['with a tag of half a megabyte', `flavors: !<${'t'.repeat(500_000)}> {}\n`, /YAML/],
    ['that is deep', `flavors: ${'['.repeat(100_000)}`, /YAML/],
    [
      'that is deep by indentation',
      `${Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`,
      /YAML/,
    ],
    ['that is no YAML', '\0\x01\x02\x1b[2J'.repeat(1000), /YAML/],
    ['that is a list', '- flavors\n', /no flavors/],
    ['that is empty', '', /YAML/],
    ['that is two documents', 'flavors: {}\n---\nflavors: {}\n', /YAML/],
    ['whose flavors are a text', 'flavors: sklearn\n', /no flavors/],
    [
      'with flavors without end',
      `flavors: {${Array.from({ length: 40_000 }, (_, at) => `f${at}: {}`).join(', ')}}\n`,
      /no flavor of this model/,
    ],
    ['with a flavor of control characters', 'flavors: {"\\e[2J\\u202e": {}}\n', /\\u\{1b\}\[2J\\u\{202e\}/],
    [
      'with the prototype of all objects',
      'flavors: {__proto__: {polluted: true}, constructor: {prototype: {polluted: true}}}\n',
      /no flavor of this model/,
    ],
    [
      'whose folder is half a million slashes',
      `flavors: {tensorflow: {data: "${'/'.repeat(500_000)}x"}}\n`,
      /SavedModel/,
    ],
    [
      'whose version is half a megabyte',
      `flavors: {python_function: {loader_module: mlflow.sklearn}, sklearn: {pickled_model: model.pkl, sklearn_version: "${'9.'.repeat(250_000)}"}}\n`,
      /scikit-learn 9\.9\..{0,60}, which is no release.*sagemaker_deploy_image/,
    ],
    [
      'whose model file leaves the folder',
      'flavors: {python_function: {loader_module: mlflow.sklearn}, sklearn: {pickled_model: ../../etc/passwd, sklearn_version: 1.9.1}}\n',
      /"..\/..\/etc\/passwd" that MLmodel names is not in the folder/,
    ],
    [
      'with half a megabyte of anchors',
      `flavors: {}\n${Array.from({ length: 30_000 }, (_, at) => `k${at}: &k${at} v`).join('\n')}\n`,
      /no flavor/,
    ],
    [
      'with merges of merges',
      `b: &b {${Array.from({ length: 20_000 }, (_, at) => `k${at}: v`).join(', ')}}\nflavors: {python_function: {loader_module: mlflow.sklearn}, sklearn: {<<: [*b, *b, *b, *b, *b, *b, *b, *b]}}\n`,
      /YAML|MLmodel/,
    ],
    ['with a key that comes twice', 'flavors: {}\nflavors: {sklearn: {}}\n', /YAML/],
    ['of question marks', `${'? '.repeat(300_000)}`, /YAML|no flavors/],
    ['of quotation marks', `flavors: ${'"'.repeat(500_001)}`, /YAML/],
    ['of block scalars', `flavors:\n${'  |\n'.repeat(200_000)}`, /YAML|no flavors/],
    ['of hyphens', '- '.repeat(400_000), /YAML|no flavors/],
    ['of comments', `${'# x\n'.repeat(250_000)}flavors: 1\n`, /no flavors/],
  ];

  test.each(TEXTS)(
    '%s fails its version alone, and soon',
    async (_what, text, told) => {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIB);
      registry.answer(
        () => ({
          files: [
            { path: 'MLmodel', file_size: Buffer.byteLength(text) },
            { path: 'model.pkl', file_size: 5 },
            { path: 'tf/saved_model.pb', file_size: 5 },
          ],
        }),
        (_request, response) => void response.end(text),
      );
      expect(await refusal(registry.prepare('MLflow', { sagemaker_deploy_model_data: 'archive' }), 10_000)).toMatch(
        told,
      );
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      tried('hostile', 1);
    },
    30_000,
  );

  test('of generated YAML is refused or taken, and soon', async () => {
    const piece = fc.constantFrom(
      'flavors:',
      'sklearn:',
      '&a ',
      '*a ',
      '!!binary ',
      '!<x> ',
      '- ',
      '? ',
      ': ',
      '|',
      '>',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '\n',
      '\n  ',
      '  ',
      '#',
      '%YAML 1.2',
      '---',
      '...',
      '<<: ',
      '\t',
      '\u2028',
      '\ufeff',
      '0o7',
      '.inf',
      '2026-11-26',
      'x',
    );
    const texts = fc.sample(fc.array(piece, { maxLength: 60 }), { numRuns: sized(100, 5_000), seed: 20261126 });
    for (const text of texts.map((pieces) => pieces.join(''))) {
      const bytes = Buffer.from(text);
      registry.answer(
        () => ({ files: [{ path: 'MLmodel', file_size: bytes.length }] }),
        (_request, response) => void response.end(bytes),
      );
      await refusal(registry.prepare(), 10_000);
    }
    tried('hostile', texts.length);
  }, 600_000);
});
