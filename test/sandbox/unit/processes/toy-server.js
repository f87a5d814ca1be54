// A server that says when it listens. STUBBORN: it ignores SIGTERM. CHILD: it starts a child that ignores SIGTERM and writes
// its pid to this file. DIE_AFTER_MS: it ends by itself. FAIL: it does not start. HIJACKER: at its first start a process of its own
// making takes the port before it, and this file gets that process's pid.
const { spawn } = require('node:child_process');
const { existsSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');

const { PORT, STUBBORN, CHILD, DIE_AFTER_MS, FAIL, HIJACKER } = process.env;
const sleeper = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";

function start() {
  if (STUBBORN) {
    process.on('SIGTERM', () => console.log('SIGTERM is ignored'));
  }
  if (CHILD) {
    const child = spawn(process.execPath, ['-e', sleeper], { stdio: 'ignore' });
    writeFileSync(CHILD, String(child.pid));
  }
  if (FAIL) {
    console.error('the toy cannot start');
    process.exit(3);
  }
  if (DIE_AFTER_MS) {
    setTimeout(() => process.exit(4), Number(DIE_AFTER_MS));
  }
  const server = createServer((_, response) => response.end('ok'));
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(Number(PORT), '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${PORT}` })));
}

if (HIJACKER && !existsSync(HIJACKER)) {
  // Another program is quicker at this port; it outlives this process, and its pid tells the test what to end.
  const thief = `require('net').createServer().listen(${PORT}, '127.0.0.1', () => process.send('listening'))`;
  const child = spawn(process.execPath, ['-e', thief], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  writeFileSync(HIJACKER, String(child.pid));
  child.on('message', () => start());
} else {
  start();
}
