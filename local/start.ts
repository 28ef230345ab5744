import process from 'node:process';
import { commandLine, UsageError } from './commands/command-line.ts';
import { buildConsole } from './console/build-console.ts';
import { startControl } from './console/control.ts';
import { AlreadyRunningError } from './lock.ts';
import { watchSources } from './reload.ts';
import { SettingError, settingsFromEnvironment } from './settings.ts';
import { type Stack, startStack } from './stack.ts';
import { runFirstBrief } from './terminal/first-brief.ts';
import { showRecommendations } from './terminal/first-recommendations.ts';
import { runEverythingPublished } from './terminal/first-run.ts';
import { openLog } from './terminal/log.ts';
import { showProgress } from './terminal/progress.ts';
import { showApi, showConsole } from './terminal/summary.ts';

const usage = `npm start -- [options]

The whole stack on this machine, until Ctrl-C.

  --no-run   only starts, and asks for no work
  --json     prints JSON lines
  --help     prints this

Settings are variables in the environment: README.md, "Settings".`;

/** `npm start`. */
async function main(): Promise<void> {
  const { values: flags } = commandLine(usage, {
    options: { 'no-run': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const began = performance.now();
  const settings = settingsFromEnvironment();
  const log = openLog({
    json: flags.json,
    coloured: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    file: `${settings.directory}/log/stack.jsonl`,
    write: (text) => process.stdout.write(text),
  });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

  const console = buildConsole(settings.project, log);
  log.say('Starting. The first start synthesizes the template and makes a database; later ones take a few seconds.');
  const stack = await startStack(settings, log);
  const control = await startControl(stack);
  const watching = watchSources(stack);
  const progress = showProgress(stack);
  try {
    await stack.announce(control.url);
    log.say(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${control.url} leads to everything`);
    showConsole(stack, control.url);
    showApi(stack);
    if (!flags['no-run']) await runExamples(stack, control.url, stopping.signal);
    log.say('Ctrl-C stops everything.');
    if (!stopping.signal.aborted) await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
  } finally {
    log.say('Stopping');
    progress.stop();
    watching.stop();
    console.stop();
    await control.stop();
    await stopOnce(stack);
    log.say('Stopped');
  }
}

/** What there is to see of each workload that asks others for something. */
async function runExamples(stack: Stack, consoleUrl: string, signal: AbortSignal): Promise<void> {
  await runEverythingPublished(stack, consoleUrl, signal);
  await runFirstBrief(stack, consoleUrl, signal);
  await showRecommendations(stack, signal);
}

async function stopOnce(stack: Stack): Promise<void> {
  // What runs is kept: executions go on at the next start, messages come again.
  await stack.stop();
}

/** What a person can mend is one line; where anything else arose is worth its stack. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = [AlreadyRunningError, SettingError, UsageError].some((kind) => error instanceof kind);
  return said ? error.message : (error.stack ?? error.message);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}
