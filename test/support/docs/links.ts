import { posix } from 'node:path';
import { type Page, readPage } from './markdown';

/** Files by path from the project's root, and how to read one. */
export interface Files {
  readonly paths: readonly string[];
  read(path: string): string;
}

/** A page whose folder is copied into other repositories: its links must not leave that folder. */
const COPIED = 'product-template/';

/** Checks links and references against the project's files. */
export class Links {
  private readonly existing: ReadonlySet<string>;
  private readonly pages = new Map<string, Page>();

  constructor(private readonly files: Files) {
    this.existing = new Set(files.paths.flatMap((path) => [path, ...foldersOf(path)]));
  }

  /** What is wrong with the links of a Markdown page, as `<link>: <reason>`. */
  brokenIn(page: string): string[] {
    return this.pageOf(page)
      .targets.filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
      .flatMap((target) => {
        const [path = '', anchor] = decodeURI(target).split('#');
        const absolute = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path)).replace(/\/$/, '');
        const reason = leaves(page, absolute) ? `leaves ${COPIED}` : this.faultOf(absolute, anchor);
        return reason === undefined ? [] : [`${target}: ${reason}`];
      });
  }

  /** What is wrong with the pages that a source file names, as `<page>#<anchor>: <reason>`. */
  brokenReferencesIn(file: string): string[] {
    const references = this.files
      .read(file)
      .matchAll(/\b((?:docs\/[\w./-]+|README|SECURITY|CONTRIBUTING)\.md)(?:#([\w-]+))?/g);
    return [...references].flatMap(([reference, path = '', anchor]) => {
      const reason = this.faultOf(file.startsWith(COPIED) ? `${COPIED}${path}` : path, anchor);
      return reason === undefined ? [] : [`${reference}: ${reason}`];
    });
  }

  private faultOf(path: string, anchor: string | undefined): string | undefined {
    if (!this.existing.has(path)) {
      return 'no such file';
    }
    if (anchor !== undefined && path.endsWith('.md') && !this.pageOf(path).anchors.has(anchor)) {
      return 'no such heading';
    }
    return undefined;
  }

  private pageOf(path: string): Page {
    const page = this.pages.get(path) ?? readPage(this.files.read(path));
    this.pages.set(path, page);
    return page;
  }
}

function leaves(page: string, target: string): boolean {
  return page.startsWith(COPIED) && !`${target}/`.startsWith(COPIED);
}

function foldersOf(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersOf(folder)];
}
