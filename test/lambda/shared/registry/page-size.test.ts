import { RefusedError, TransientError } from '../../../../lambda/shared/errors';
import { LateError, TooLargeError } from '../../../../lambda/shared/registry/http/failure';
import { PageSize } from '../../../../lambda/shared/registry/page-size';

const large = new TooLargeError('large');
const late = new LateError('late');

/** The sizes that are asked for, where pages of no more items than so many come. */
async function asked(pageSize: PageSize, most: number, error: Error): Promise<number[]> {
  const sizes: number[] = [];
  await pageSize.fit(async (items) => {
    sizes.push(Number(items));
    if (Number(items) > most) {
      throw error;
    }
  });
  return sizes;
}

test('a page that is too large shrinks until it comes, and grows again after it', async () => {
  const pageSize = new PageSize();
  expect(await asked(pageSize, 1, large)).toEqual([1000, 250, 63, 16, 4, 1]);
  expect(await asked(pageSize, 1000, large)).toEqual([4]);
  expect(await asked(pageSize, 1000, large)).toEqual([16]);
  expect(await asked(pageSize, 63, large)).toEqual([64, 16]);
});

test('a page that is late is asked for three times at most', async () => {
  const pageSize = new PageSize();
  expect(await asked(pageSize, 1, late)).toEqual([1000, 32, 1]);
  expect(await asked(pageSize, 1000, late)).toEqual([4]);
  expect(await asked(new PageSize(), 32, late)).toEqual([1000, 32]);
});

test.each([large, late])('one item that does not come alone fails: %s', async (error) => {
  await expect(asked(new PageSize(), 0, error)).rejects.toBe(error);
});

test.each([new RefusedError('no'), new TransientError('not now')])('fewer items help nothing: %s', async (error) => {
  const read = jest.fn().mockRejectedValue(error);
  await expect(new PageSize().fit(read)).rejects.toBe(error);
  expect(read).toHaveBeenCalledTimes(1);
});
