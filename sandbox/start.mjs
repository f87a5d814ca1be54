/**
 * Starts the sandbox's command line. It needs nothing but Node: it installs the Node packages first when they are missing, or
 * when the lockfile changed since they were installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Held during an installation: two at once would leave half of each. It has the process id of npm. */
const LOCK = join(PROJECT, '.sandbox-install');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Whoever started this: npm, or its shell. When it ends, so does this process. */
const LAUNCHER = process.ppid;

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode ?? 1);
});

async function main() {
  requireTools();
  await ensurePackages();
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
  // Older versions of Node do not have it; they are refused above, after this file was loaded.
  const { bavail, bsize } = fs.statfsSync(PROJECT);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < DISK_GB) {
    throw new Error(
      `The sandbox needs ${DISK_GB} GB of disk, and ${PROJECT} has ${free.toFixed(1)} GB free. Free some space first.`,
    );
  }
}

/** Installs the packages unless they are there. One process at a time does: the others wait, and look again. */
async function ensurePackages() {
  for (let told = false; !isInstalled(); ) {
    if (takeLock()) {
      try {
        requireDisk();
        await installPackages();
      } finally {
        fs.rmSync(LOCK, { recursive: true, force: true });
      }
    } else {
      if (!told) process.stdout.write('another process is installing the Node packages: waiting for it\n');
      told = true;
      await sleep(500);
    }
  }
}

function takeLock() {
  try {
    fs.mkdirSync(LOCK);
    writeOwner(process.pid);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(owner())) fs.rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function writeOwner(pid) {
  fs.writeFileSync(join(LOCK, 'pid'), String(pid));
}

/** The process id in the lock; this one's where it is not written yet. */
function owner() {
  try {
    return Number(fs.readFileSync(join(LOCK, 'pid'), 'utf8')) || process.pid;
  } catch {
    return process.pid;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Whether every package of the lockfile is installed in its version. Packages for other platforms may be missing. */
function isInstalled() {
  const wanted = packagesOf(LOCKFILE);
  let installed;
  try {
    installed = packagesOf(INSTALLED);
  } catch {
    // Missing, or cut off: npm writes it again.
    return false;
  }
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const there = installed[path];
    if (path === '' || (there === undefined && optional === true)) return true;
    // Two installations at once can leave a complete list and half of the folders.
    return there?.version === version && fs.existsSync(join(PROJECT, path, 'package.json'));
  });
}

/** The packages of a lockfile. @throws Error that names the file when it cannot be read */
function packagesOf(file) {
  try {
    return Object(JSON.parse(fs.readFileSync(file, 'utf8')).packages);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error.message}`);
  }
}

/** Runs `npm ci` and prints how many packages have come so far. It ends with this process, or with its launcher. */
async function installPackages() {
  const total = Object.values(packagesOf(LOCKFILE)).filter(({ optional }) => !optional).length - 1;
  const start = performance.now();
  const say = (line) => {
    process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  // A reader that has gone, such as `head`, must not end the installation half-way.
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  say(`installing ${total} Node packages (npm ci): about 30 s, once`);
  const options = ['--include=dev', '--include=optional', '--loglevel=http', '--no-audit', '--no-fund'];
  const npm = spawn('npm', ['ci', '--no-update-notifier', ...options], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (npm.pid !== undefined) writeOwner(npm.pid);
  let fetched = 0;
  let last = [];
  npm.stderr.setEncoding('utf8').on('data', (text) => {
    fetched += text.match(/http (fetch|cache) .*\.tgz/g)?.length ?? 0;
    last = [...last, ...text.split('\n').filter((line) => !line.startsWith('npm http'))].slice(-15);
  });
  let interrupted;
  const end = (signal) => {
    interrupted = signal;
    npm.kill(signal);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  const progress = setInterval(() => say(`${fetched} of ${total} packages fetched`), EVERY_MS);
  const watch = setInterval(() => process.ppid !== LAUNCHER && interrupted === undefined && end('SIGTERM'), 500);
  try {
    const code = await new Promise((done, fail) => {
      npm.once('error', () => fail(new Error('npm is not on PATH. It comes with Node: https://nodejs.org')));
      npm.once('close', done);
    });
    if (interrupted !== undefined) {
      throw Object.assign(new Error(`interrupted by ${interrupted}`), {
        exitCode: 128 + constants.signals[interrupted],
      });
    }
    if (code !== 0) {
      const output = last.join('\n');
      throw new Error(`npm ci ended with exit code ${code}. ${hintFor(output)}Then run the command again.\n${output}`);
    }
    say('the Node packages are installed');
  } finally {
    clearInterval(progress);
    clearInterval(watch);
    for (const signal of SIGNALS) process.removeListener(signal, end);
    process.stdout.removeListener('error', ignore);
  }
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
