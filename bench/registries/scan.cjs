// Runs the bundle of the step that finds what changed, as Lambda does, and says what it cost: a process of its own, so that
// nothing else is in its memory. Usage: node scan.cjs <bundle>; the environment is the function's.
const { subscribe } = require('node:diagnostics_channel');

let requests = 0;
// Before the bundle: undici looks for subscribers when it is loaded. AWS's calls go by node:http.
subscribe('undici:request:create', () => {
  requests += 1;
});
const { handler } = require(process.argv[2]);

async function scan() {
  const start = process.hrtime.bigint();
  let invocations = 0;
  let list = { kind: 'unfinished', part: 0 };
  while (list.kind === 'unfinished') {
    invocations += 1;
    list = await handler({ request: {}, execution: 'measured', part: list.part }, {});
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const { enrolled, changed } = list;
  process.stdout.write(
    `${JSON.stringify({ seconds, invocations, registryRequests: requests, peakMemoryBytes, enrolled, changed })}\n`,
  );
}

scan().catch((error) => {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = 1;
});
