const fc = require('fast-check');

// For a mutant it counts that a property fails. To look for the smallest case takes much longer.
fc.configureGlobal({ endOnFailure: true });
