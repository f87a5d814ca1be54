import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { startStrictS3 } from '../../test/support/archive/strict-s3';
import { link } from './link';
import { source } from './source';

/*
 * The source or the sink of transfers as a process of its own. It sends its URL to its parent and ends with it.
 * Arguments: folder with the certificate, bytes per second of the link (0: no limit), and for the source the files and the
 * latency in milliseconds.
 */
async function main([folder = '', rate = '0', files, latencyMs = '0']: string[]): Promise<void> {
  const tls = { cert: readFileSync(`${folder}/certificate.pem`), key: readFileSync(`${folder}/key.pem`) };
  const limit = rate === '0' ? {} : { pass: link(Number(rate)) };
  process.once('disconnect', () => process.exit());
  if (files === undefined) {
    process.send?.((await startStrictS3({ tls, ...limit })).url);
    return;
  }
  const server = source(files, Number(latencyMs), tls, limit.pass);
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
