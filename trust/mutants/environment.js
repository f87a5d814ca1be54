const { TestEnvironment } = require('jest-environment-node');

/** One test that fails is enough for a mutant: the others of its file are skipped. */
module.exports = class extends TestEnvironment {
  #failed = false;

  async handleTestEvent({ name, test }) {
    if (name === 'test_start' && this.#failed) {
      test.mode = 'skip';
    } else if (name === 'test_done') {
      this.#failed ||= test.errors.length > 0;
    }
  }
};
