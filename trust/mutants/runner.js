const { readFileSync, writeFileSync } = require('node:fs');
const { default: TestRunner } = require('jest-runner');

/** Names of each file's tests, which the run without any mutant leaves in Stryker's sandbox for the processes that try mutants. */
const NAMES = 'names-of-tests.json';

/**
 * For a mutant loads only files that have a test which gets to it, and none behind one that fails. Jest by itself loads all of
 * them, which takes longer than the tests.
 */
module.exports = class extends TestRunner {
  async runTests(tests, watcher, options) {
    const names = {};
    let failed = false;
    this.on('test-file-success', ([test, { testResults, numFailingTests }]) => {
      names[test.path] = testResults.map(({ fullName }) => fullName);
      failed ||= numFailingTests > 0;
    });
    this.on('test-file-failure', () => {
      failed = true;
    });
    for (const test of this.#ofMutant(tests)) {
      if (!failed) {
        await super.runTests([test], watcher, options);
      }
    }
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) {
      writeFileSync(NAMES, JSON.stringify(names));
    }
  }

  /** All of them for code that runs when it is loaded: then Stryker names no tests. */
  #ofMutant(tests) {
    const { testNamePattern } = this._globalConfig;
    if (!testNamePattern) {
      return tests;
    }
    const pattern = new RegExp(testNamePattern, 'i');
    const names = JSON.parse(readFileSync(NAMES, 'utf8'));
    return tests.filter(({ path }) => names[path]?.some((name) => pattern.test(name)));
  }
};
