#!/usr/bin/env node
/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out, because its registry did not offer
 * them when the file was written (a mirror, for example). Without them `npm ci` calls the lockfile incomplete.
 *
 * Usage: node scripts/complete-lockfile.mjs   (after each `npm install` that changed package-lock.json)
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

/** What a platform package's name says of where it runs; npm skips it elsewhere. */
function platformOf(name) {
  const os = SYSTEMS.find((system) => name.includes(system));
  const cpu = PROCESSORS.find((processor) => new RegExp(`[-_]${processor}`).test(name));
  const libc = name.includes('musl') ? 'musl' : /[-]gnu/.test(name) ? 'glibc' : undefined;
  return {
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(libc && os === 'linux' ? { libc: [libc] } : {}),
    ...(os ? { os: [os] } : {}),
  };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const top = `node_modules/${name}`;
    if (!(nested in lock.packages) && !(top in lock.packages)) {
      const version = range.replace(/^[\^~]/, '');
      lock.packages[top] = { version, ...platformOf(name), dev: true, optional: true };
      added.push(`${name}@${version}`);
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'nothing was missing' : `added ${added.length}: ${added.join(', ')}`);
