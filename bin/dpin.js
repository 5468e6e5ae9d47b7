#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const entry = join(__dirname, '..', 'lib', 'cli', 'main.js');
if (!existsSync(entry)) {
  console.error('dpin is not built. Run npm run build.');
  process.exit(1);
}
require(entry).main(process.argv);
