#!/usr/bin/env node
// What is packed is JavaScript; inside the workspace the sources are run as they are.
import { existsSync } from 'node:fs';

const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  console.error(`one-machine needs Node.js 24 or newer; this is ${process.version}.`);
  process.exit(1);
}
const source = new URL('../src/command.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/command.js', import.meta.url).href);
