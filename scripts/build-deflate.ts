#!/usr/bin/env -S npx tsx
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDeflate, MODULE_FILE, moduleText } from './deflate/compile';

/* Compiles the archive writer's compressor and writes it where the functions bundle it: `npm run build-deflate`. */
compileDeflate()
  .then((binary) => writeFileSync(join(__dirname, '..', MODULE_FILE), moduleText(binary)))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
