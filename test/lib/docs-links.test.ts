import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { Links } from '../support/docs/links';
import { projectFiles } from '../support/project-files';

const paths = projectFiles();
const links = new Links({ paths, read: (path) => readFileSync(join(PROJECT, path), 'utf8') });

const pages = paths.filter((path) => path.endsWith('.md') && !path.startsWith('product-versions/'));
/** Tests may name pages that do not exist. */
const sources = paths.filter(
  (path) => /\.(ts|js|mjs|cjs|py|json|ya?ml)$/.test(path) && !/(^|\/)(test|product-versions)\/|package-lock/.test(path),
);

test.each(pages)('every link and anchor in %s resolves', (page) => {
  expect(links.brokenIn(page)).toEqual([]);
});

test('every documentation page and anchor that the code names exists', () => {
  expect(sources).toContain('lib/settings.ts');
  const broken = sources.flatMap((file) => links.brokenReferencesIn(file).map((fault) => `${file}: ${fault}`));
  expect(broken).toEqual([]);
});

describe('the check itself', () => {
  const texts: Readonly<Record<string, string>> = {
    'README.md': [
      '# A `b` & c\n## Same\n## Same\n<a id="own"></a>',
      '[ok](#a-b--c) [ok](#same-1) [ok](#own) [ok](docs/) [ok](docs/a.md#part) ![ok](docs/a.svg) [ok](https://x.example/y.md)',
      '[missing](docs/b.md) [missing](#same-2) ![missing](b.svg) <img src="c.svg">',
      '`[code](d.md)`\n\n```\n[code](e.md)\n```',
    ].join('\n\n'),
    'docs/a.md': '## Part\n\n[up](../README.md) [missing](README.md) [missing](../docs/a.md#other)',
    'docs/a.svg': '',
    'product-template/README.md': '[inside](lib/x.ts) [outside](../README.md)',
    'product-template/lib/x.ts': '// README.md, docs/a.md',
    'lib/y.ts': '// see docs/a.md#part, docs/a.md#gone, docs/b.md and SECURITY.md',
  };
  const sample = new Links({ paths: Object.keys(texts), read: (path) => texts[path] ?? '' });

  test('reports missing files, images and anchors, and ignores code', () => {
    expect(sample.brokenIn('README.md')).toEqual([
      'docs/b.md: no such file',
      '#same-2: no such heading',
      'b.svg: no such file',
      'c.svg: no such file',
    ]);
  });

  test('resolves links from the folder of the page', () => {
    expect(sample.brokenIn('docs/a.md')).toEqual(['README.md: no such file', '../docs/a.md#other: no such heading']);
  });

  test('reports a link that leaves the product template', () => {
    expect(sample.brokenIn('product-template/README.md')).toEqual(['../README.md: leaves product-template/']);
  });

  test('reports references in code, relative to the product template inside it', () => {
    expect(sample.brokenReferencesIn('lib/y.ts')).toEqual([
      'docs/a.md#gone: no such heading',
      'docs/b.md: no such file',
      'SECURITY.md: no such file',
    ]);
    expect(sample.brokenReferencesIn('product-template/lib/x.ts')).toEqual(['docs/a.md: no such file']);
  });
});
