import process from 'node:process';
import { commandLine } from 'one-machine/terminal/command-line.ts';
import { watchRoom } from 'one-machine/terminal/disk-room.ts';
import { type Log, openLog } from 'one-machine/terminal/log.ts';
import { showProgress } from 'one-machine/terminal/progress.ts';
import { tellOfStart } from 'one-machine/terminal/starting.ts';
import { type Listening, listeningOf, takenPorts } from 'one-machine/terminal/taken-ports.ts';
import { wordsOf } from 'one-machine/terminal/words-of.ts';
import { appName } from './app-name.ts';
import { checkSettings } from './check-settings.ts';
import { buildConsole } from './console/build-console.ts';
import { startControl } from './console/control.ts';
import { watchSources } from './reload.ts';
import { ownPortsFrom, type Settings, settingsFromEnvironment } from './settings.ts';
import { type Stack, startStack } from './stack.ts';
import { runFirstBrief } from './terminal/first-brief.ts';
import { showRecommendations } from './terminal/first-recommendations.ts';
import { runEverythingPublished } from './terminal/first-run.ts';
import { showApi, showConsole } from './terminal/summary.ts';

const usage = `npm start -- [options]

The whole stack on this machine, until Ctrl-C.

  --no-run   only starts, and asks for no work
  --json     prints JSON lines
  --help     prints this

Settings are variables in the environment: docs/reference/settings.md.`;

/** `npm start`. */
async function main(): Promise<void> {
  const { values: flags } = commandLine(usage, {
    options: { 'no-run': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const began = performance.now();
  const settings = settingsFromEnvironment();
  await checkSettings(settings);
  const log = openLog({
    json: flags.json,
    source: appName,
    coloured: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    file: `${settings.directory}/log/stack.jsonl`,
    write: (text) => process.stdout.write(text),
  });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

  const console = buildConsole(settings.project, log);
  const stack = await startTold(settings, log, stopping.signal).catch(async (error: unknown) => {
    await console.stop();
    throw error;
  });
  if (stack === undefined) return console.stop();
  const ready = async (consoleUrl: string) => {
    log.say(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${consoleUrl} leads to everything`);
    showConsole(stack, consoleUrl);
    showApi(stack);
    if (!flags['no-run']) await runExamples(stack, consoleUrl, stopping.signal);
  };
  await runUntilStopped(stack, { ready, console, signal: stopping.signal });
}

interface Running {
  /** What there is to do once the stack can be asked; nothing of it ends the stack. */
  readonly ready: (consoleUrl: string) => Promise<void>;
  readonly console: { stop(): Promise<void> };
  readonly signal: AbortSignal;
}

async function runUntilStopped(stack: Stack, { ready, console, signal }: Running): Promise<void> {
  const { log, settings } = stack;
  const control = await startControl(stack);
  const watching = [watchSources(stack), showProgress(stack), watchRoom(settings.directory, log), console];
  try {
    await stack.announce(control.url);
    for (const line of takenPorts([...listeningOf(stack), ...ownListening(stack, control.url)])) log.say(line);
    await ready(control.url);
    log.say('Ctrl-C stops everything.');
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    log.say('Stopping');
    await Promise.all(watching.map((one) => one.stop()));
    await control.stop();
    // What runs is kept: executions go on at the next start, messages come again.
    await stack.stop();
    log.say('Stopped');
  }
}

/** What this machine has beside AWS. */
function ownListening({ settings, services }: Stack, consoleUrl: string): readonly Listening[] {
  const wanted = ownPortsFrom(settings.port);
  return [
    { part: 'the console', wanted: wanted.console, address: consoleUrl },
    { part: 'the sample site', wanted: wanted.site, address: services.site?.url },
    { part: 'the sample platforms’ site', wanted: wanted.platforms, address: services.platforms?.controlUrl },
  ];
}

/** Says what the start is doing; resolves to nothing when it was stopped. */
async function startTold(settings: Settings, log: Log, signal: AbortSignal): Promise<Stack | undefined> {
  log.say('Starting. The first start synthesizes the template and makes a database; later ones take a few seconds.');
  const starting = tellOfStart(log.say);
  try {
    return await startStack(settings, log, { starting, signal });
  } catch (error) {
    return interrupted(error, log, signal);
  } finally {
    starting.stop();
  }
}

/** Whoever stops a start hears that it has stopped; what broke off is for the log. */
function interrupted(error: unknown, log: Log, signal: AbortSignal): undefined {
  if (!signal.aborted) throw error;
  log.debug(`The start was stopped: ${String(error)}`);
  log.say('Stopped before it was ready. The next start goes on from here.');
}

/** What there is to see of each workload that asks others for something. One that fails is told; the stack stays. */
async function runExamples(stack: Stack, consoleUrl: string, signal: AbortSignal): Promise<void> {
  const examples = {
    'The run of what is published': () => runEverythingPublished(stack, consoleUrl, signal),
    'The sample brief': () => runFirstBrief(stack, consoleUrl, signal),
    'The sample recommendations': () => showRecommendations(stack, signal),
  };
  for (const [name, run] of Object.entries(examples))
    await run().catch((error: unknown) => {
      if (!signal.aborted) stack.log.warn(`${name} broke off, and the stack goes on: ${String(error)}`);
    });
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}
