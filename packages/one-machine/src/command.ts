import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { App } from './app.ts';
import { claimStateFolder } from './guard/state-folder.ts';
import { type Machine, startMachine } from './machine.ts';
import { portOf, SettingError, type Settings } from './settings.ts';
import { addressesOf } from './terminal/addresses.ts';
import { commandLine } from './terminal/command-line.ts';
import { checkRoom, watchRoom } from './terminal/disk-room.ts';
import { openLog } from './terminal/log.ts';
import { showProgress } from './terminal/progress.ts';
import { tellOfStart } from './terminal/starting.ts';
import { listeningOf, takenPorts } from './terminal/taken-ports.ts';
import { wordsOf } from './terminal/words-of.ts';

const usage = `one-machine [options] <cdk.out>

Runs a synthesized CDK app on this machine, until Ctrl-C.

  --folder <folder>  what it keeps from one start to the next (.one-machine)
  --port <port>      the first of its ports (4510); 0 lets the system choose
  --json             prints JSON lines
  --help             prints this

A variable of the shell that a function has, too, wins over the template's.`;

/** `npx one-machine cdk.out` */
async function main(): Promise<void> {
  const {
    values,
    positionals: [given = ''],
  } = commandLine(usage, {
    words: { least: 1, most: 1 },
    options: {
      folder: { type: 'string', default: '.one-machine' },
      port: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings: Settings = {
    directory: path.resolve(values.folder),
    port: portOf('--port', values.port),
    variables: process.env,
  };
  const app = appOf(path.resolve(given), settings.directory);
  await claimStateFolder(settings.directory, '--folder');
  await checkRoom(settings.directory, '--folder');
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  await run(app, settings, { json: values.json, signal: stopping.signal });
}

/** An app that hands in nothing but its assembly. */
function appOf(assembly: string, folder: string): App {
  if (!existsSync(path.join(assembly, 'manifest.json')))
    throw new SettingError(`There is no synthesized app in ${assembly} (no manifest.json): run cdk synth`);
  return {
    name: 'machine',
    assembly: () => Promise.resolve(assembly),
    compileCache: path.join(folder, 'compile-cache'),
    sdk: [pathToFileURL(path.join(process.cwd(), 'package.json')).href, import.meta.url],
  };
}

interface Watched {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function run(app: App, settings: Settings, { json, signal }: Watched): Promise<void> {
  const began = performance.now();
  const log = openLog({
    json,
    coloured: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    file: path.join(settings.directory, 'log', 'machine.jsonl'),
    write: (text) => process.stdout.write(text),
  });
  log.say('Starting. The first start makes a database; later ones take a few seconds.');
  const starting = tellOfStart(log.say);
  const machine = await startMachine(app, settings, { log, starting, signal })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
      log.say('Stopped before it was ready. The next start goes on from here.');
    })
    .finally(() => starting.stop());
  if (!machine) return;
  await runUntilStopped(machine, `Ready after ${((performance.now() - began) / 1000).toFixed(1)} s`, signal);
}

async function runUntilStopped(machine: Machine, ready: string, signal: AbortSignal): Promise<void> {
  const { log, settings } = machine;
  const watching = [showProgress(machine), watchRoom(settings.directory, log)];
  try {
    await machine.announce(machine.wiring.api?.url ?? '');
    for (const line of addressesOf(machine)) log.say(line);
    for (const line of takenPorts(listeningOf(machine))) log.say(line);
    log.say(ready);
    log.say('Ctrl-C stops everything.');
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    log.say('Stopping');
    for (const one of watching) one.stop();
    // What runs is kept: executions go on at the next start, messages come again.
    await machine.stop();
    log.say('Stopped');
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}
