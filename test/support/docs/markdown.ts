import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

/** What matters of a page for its links. */
export interface Page {
  /** Targets of links and images, as they are written. */
  readonly targets: readonly string[];
  /** Anchors that links to this page can name, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

const parser = new MarkdownIt({ html: true });

/** Reads the links and anchors of a Markdown page. */
export function readPage(markdown: string): Page {
  const tokens = parser.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const targets: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const { children } = tokens[index + 1] ?? {};
      const text = (children ?? []).filter(({ type }) => type === 'text' || type === 'code_inline');
      anchors.add(slugger.slug(text.map(({ content }) => content).join('')));
    } else if (token.type === 'link_open') {
      targets.push(String(token.attrGet('href')));
    } else if (token.type === 'image') {
      targets.push(String(token.attrGet('src')));
    } else if (token.type === 'html_block' || token.type === 'html_inline') {
      const attributes = (names: string) =>
        [...token.content.matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, 'g'))].map(([, value = '']) => value);
      targets.push(...attributes('href|src|srcset'));
      for (const anchor of attributes('id|name')) {
        anchors.add(anchor);
      }
    }
  }
  return { targets, anchors };
}
