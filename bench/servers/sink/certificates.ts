import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate authority of the benchmark's own, and of a server's certificate for this machine that it signed. */
export interface Certificates {
  /** What clients are told to trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const DAYS = '2';
const EXTENSIONS = `basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=IP:127.0.0.1,DNS:localhost
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always
`;

/**
 * Makes certificates with the machine's `openssl` for one run. They are valid for two days.
 *
 * @param folder is emptied, and gets them
 * @throws Error when there is no openssl
 */
export function makeCertificates(folder: string): Certificates {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl([
    ...['req', '-x509', ...key, '-keyout', file('authority.key'), '-out', file('authority.pem'), '-days', DAYS],
    ...['-subj', '/CN=mlflow-mlops benchmark', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  openssl(['req', ...key, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost']);
  writeFileSync(file('extensions.cnf'), EXTENSIONS);
  openssl([
    ...['x509', '-req', '-in', file('server.csr'), '-out', file('server.pem'), '-days', DAYS, '-extfile'],
    ...[file('extensions.cnf'), '-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'],
  ]);
  return { authority: file('authority.pem'), certificate: file('server.pem'), key: file('server.key') };
}

function openssl(args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    const why = code === 'ENOENT' ? 'it is not on PATH: install openssl' : String(stderr ?? error).trim();
    throw new Error(`openssl ${args[0]} failed: ${why}`, { cause: error });
  }
}
