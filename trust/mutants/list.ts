import type { Change } from './report';

/** Mutants that may survive, each with a reason, from the project's root. */
export const LIST = 'docs/surviving-mutants.md';

/**
 * Reads the list: a heading for each file, under it blocks of diffs, and behind each block why its mutants may survive.
 *
 * @throws Error for a block without a reason
 */
export function readList(markdown: string): Change[] {
  const [, ...sections] = markdown.split(/^## /m);
  return sections.flatMap((section) => {
    const file = /^`(.+)`/.exec(section)?.[1] ?? '';
    const [, ...blocks] = section.split('```diff\n');
    return blocks.flatMap((block) => {
      const [diff = '', reason = ''] = block.split(/^```$/m);
      if (reason.trim() === '') {
        throw new Error(`${LIST}: ${file} has no reason behind\n${diff}`);
      }
      return [...diff.matchAll(/^- (.*)\n\+ ?(.*)$/gm)].map(([, before = '', after = '']) => ({ file, before, after }));
    });
  });
}

/** Changes as the list has them. */
export function asList(changes: readonly Change[]): string {
  return changes
    .map(({ file, before, after }) => `## \`${file}\`\n\n\`\`\`diff\n- ${before}\n+ ${after}\n\`\`\`\n`)
    .join('\n');
}

/** The changes of `some` that are not among `others`. */
export function without(some: readonly Change[], others: readonly Change[]): Change[] {
  const known = new Set(others.map(keyOf));
  return some.filter((change) => !known.has(keyOf(change)));
}

function keyOf({ file, before, after }: Change): string {
  return JSON.stringify([file, before, after]);
}
