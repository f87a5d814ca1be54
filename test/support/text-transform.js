/** A file's text as a module's default export, as esbuild's `text` loader does it. */
module.exports = {
  process: (source) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(source)} };` }),
};
