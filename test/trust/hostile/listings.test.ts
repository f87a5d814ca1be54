import { tried } from '../../../trust/sizes';
import { startFakeServer } from '../../support/fake-server';
import { refusal } from '../../support/refusal';
import { GOOD, HostileRegistry, KINDS, type Listing } from '../../support/wire/hostile-registry';

const registry = new HostileRegistry(startFakeServer());

describe('a listing that never ends', () => {
  const endless: readonly (readonly [what: string, list: Listing, most: number])[] = [
    [
      'because a folder lists itself',
      (folder) => ({ files: [...(folder === '' ? GOOD : []), { path: folder || 'a', is_dir: true }] }),
      10,
    ],
    ['because the root lists itself', () => ({ files: [...GOOD, { path: '', is_dir: true }] }), 10],
    ['because the root lists itself as a dot', () => ({ files: [...GOOD, { path: '.', is_dir: true }] }), 10],
    [
      'because each folder has a folder',
      (folder) => ({
        files: [...(folder === '' ? GOOD : []), { path: folder === '' ? 'a' : `${folder}/a`, is_dir: true }],
      }),
      100,
    ],
    [
      'because each folder has two',
      (folder) => ({
        files: ['a', 'b'].map((name) => ({ path: folder === '' ? name : `${folder}/${name}`, is_dir: true })),
      }),
      200,
    ],
    ['because a page names itself', () => ({ files: [...GOOD], next_page_token: 'again' }), 10],
    [
      'because two pages name each other',
      (_folder, token) => ({ files: [], next_page_token: token === 'a' ? 'b' : 'a' }),
      10,
    ],
    [
      'because there is always another page',
      (_folder, token) => ({ files: [], next_page_token: String(Number(token ?? 0) + 1) }),
      2_100,
    ],
  ];

  test.each(endless)(
    '%s ends soon',
    async (_what, list, most) => {
      for (const kind of KINDS) {
        registry.answer(list);
        await refusal(registry.prepare(kind), 60_000);
        expect(registry.requests).toBeLessThan(most);
      }
      tried('hostile', KINDS.length);
    },
    120_000,
  );

  test('because each folder has very many ends at some number of folders', async () => {
    const wide = Array.from({ length: 25_000 }, (_, index) => ({ path: `f${index}`, is_dir: true }));
    registry.answer((folder) => (folder === '' ? { files: wide } : {}));
    expect(await refusal(registry.prepare())).toContain('20000 folders');
    expect(registry.requests).toBeLessThan(10);
    tried('hostile', 1);
  });
});
