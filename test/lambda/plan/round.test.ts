import { ROUND_MAX, takeRound } from '../../../lambda/plan/round';

const creations = (count: number) => Array.from({ length: count }, (_, index) => ({ version: String(index) }));
const deletions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ packageArn: String(index), reason: 'archived' }));
const counts = ({ create, update, delete: deleted, left }: ReturnType<typeof takeRound>) => [
  create.length,
  update.length,
  deleted.length,
  left,
];

test('a small plan is one round', () => {
  expect(counts(takeRound({ create: creations(3), update: [], delete: deletions(4) }))).toEqual([3, 0, 4, 0]);
});

test('updates are actions too', () => {
  const updates = Array.from({ length: 200 }, (_, index) => ({ packageArn: String(index) }));
  expect(counts(takeRound({ create: creations(1), update: updates, delete: deletions(5) }))).toEqual([
    1,
    ROUND_MAX - 1,
    0,
    206 - ROUND_MAX,
  ]);
});

test('of a large one, what replaces comes before what goes', () => {
  expect(counts(takeRound({ create: creations(ROUND_MAX - 10), update: [], delete: deletions(50) }))).toEqual([
    ROUND_MAX - 10,
    0,
    10,
    40,
  ]);
  expect(counts(takeRound({ create: creations(5_000), update: [], delete: deletions(1) }))).toEqual([
    ROUND_MAX,
    0,
    0,
    5_001 - ROUND_MAX,
  ]);
});
