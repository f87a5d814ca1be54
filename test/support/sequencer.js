const Sequencer = require('@jest/test-sequencer').default;

/** Jest's own order, but the end-to-end test first: it waits most of its time, and the others run beside it meanwhile. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => path.includes('/test/e2e/');
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
