/**
 * Starts the sandbox's command line. It needs nothing but Node: it installs the Node packages first when they are missing, or
 * when the lockfile changed since they were installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LOCKFILE = join(PROJECT, 'package-lock.json');
/** npm writes this file last, so an interrupted installation has none. */
const INSTALLED = join(PROJECT, 'node_modules', '.package-lock.json');
/** The first with `zlib.crc32`, which checks archives. */
const NODE = '20.15';
/** Node packages and Python environment, with the room that unpacking takes. */
const DISK_GB = 4;
const EVERY_MS = 10_000;

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

async function main() {
  requireTools();
  if (!isInstalled()) {
    requireDisk();
    await installPackages();
  }
  await import('tsx');
  createRequire(import.meta.url)('./main.ts');
}

function requireTools() {
  if (process.versions.node.localeCompare(NODE, 'en', { numeric: true }) < 0) {
    throw new Error(
      `The sandbox needs Node ${NODE} or newer, and this is ${process.version}. Install Node 24: https://nodejs.org`,
    );
  }
  if (spawnSync('git', ['--version']).status !== 0) {
    throw new Error('The sandbox needs git, and there is none on PATH. Install it: https://git-scm.com/downloads');
  }
}

function requireDisk() {
  const { bavail, bsize } = statfsSync(PROJECT);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < DISK_GB) {
    throw new Error(
      `The sandbox needs ${DISK_GB} GB of disk, and ${PROJECT} has ${free.toFixed(1)} GB free. Free some space first.`,
    );
  }
}

/** Whether every package of the lockfile is installed in its version. Packages for other platforms may be missing. */
function isInstalled() {
  if (!existsSync(INSTALLED)) {
    return false;
  }
  const installed = packagesOf(INSTALLED);
  return Object.entries(packagesOf(LOCKFILE)).every(([path, { version, optional }]) => {
    const there = installed[path];
    return path === '' || (there === undefined ? optional === true : there.version === version);
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** Runs `npm ci` and prints how many packages have come so far. */
async function installPackages() {
  const total = Object.values(packagesOf(LOCKFILE)).filter(({ optional }) => !optional).length - 1;
  const start = performance.now();
  const say = (line) => {
    process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  say(`installing ${total} Node packages (npm ci): about 30 s, once`);
  const npm = spawn('npm', ['ci', '--loglevel=http', '--no-audit', '--no-fund'], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let fetched = 0;
  let last = [];
  npm.stderr.setEncoding('utf8').on('data', (text) => {
    fetched += text.match(/http (fetch|cache) .*\.tgz/g)?.length ?? 0;
    last = [...last, ...text.split('\n').filter((line) => !line.startsWith('npm http'))].slice(-15);
  });
  const ticker = setInterval(() => say(`${fetched} of ${total} packages fetched`), EVERY_MS);
  const forward = (signal) => npm.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, forward);
  const [code, signal] = await new Promise((done, fail) => {
    npm.once('error', () => fail(new Error('npm is not on PATH. It comes with Node: https://nodejs.org')));
    npm.once('close', (...end) => done(end));
  });
  clearInterval(ticker);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(name, forward);
  if (code !== 0) {
    const output = last.join('\n');
    throw new Error(
      `npm ci ended with ${signal ?? `exit code ${code}`}. ${hintFor(output)}Then run the command again.\n${output}`,
    );
  }
  say('the Node packages are installed');
}

function hintFor(output) {
  if (/ENOSPC/.test(output)) {
    return `The disk is full: free ${DISK_GB} GB. `;
  }
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|CERT|network/.test(output)) {
    return 'The package registry cannot be reached. Check the network, the proxy (HTTPS_PROXY) and `npm config get registry`. ';
  }
  if (/EACCES|EPERM/.test(output)) {
    return `Check who owns ${join(PROJECT, 'node_modules')} and npm's cache. `;
  }
  return '';
}
