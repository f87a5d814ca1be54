import { DEFLATE_MODULE } from '../../../../lambda/create/archive/gzip/deflate-module';
import { compileDeflate } from '../../../../scripts/deflate/compile';

test('the compressor is the one that its source compiles to', async () => {
  expect((await compileDeflate()).toString('base64')).toBe(DEFLATE_MODULE);
}, 60_000);
