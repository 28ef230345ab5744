import process from 'node:process';
import { startControl } from './console/control.ts';
import { AlreadyRunningError } from './lock.ts';
import { watchSources } from './reload.ts';
import { settingsFromEnvironment } from './settings.ts';
import { type Stack, startStack } from './stack.ts';
import { runFirstBrief } from './terminal/first-brief.ts';
import { showRecommendations } from './terminal/first-recommendations.ts';
import { runEverythingPublished } from './terminal/first-run.ts';
import { openLog } from './terminal/log.ts';
import { showProgress } from './terminal/progress.ts';
import { showApi } from './terminal/summary.ts';

/** `npm start`: the whole stack on this machine, until Ctrl-C. `--json` prints JSON lines, `--no-run` only starts. */
async function main(flags: ReadonlySet<string>): Promise<void> {
  const began = performance.now();
  const settings = settingsFromEnvironment();
  const log = openLog({
    json: flags.has('--json'),
    file: `${settings.directory}/log/stack.jsonl`,
    write: (text) => process.stdout.write(text),
  });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

  log.say('Starting. The first start synthesizes the template and makes a database; later ones take a few seconds.');
  const stack = await startStack(settings, log);
  const control = await startControl(stack);
  const watching = watchSources(stack);
  const progress = showProgress(stack);
  try {
    await stack.announce(control.url);
    log.say(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${control.url} leads to everything`);
    if (flags.has('--no-run')) showApi(stack);
    else await runExamples(stack, control.url, stopping.signal);
    log.say('Ctrl-C stops everything.');
    if (!stopping.signal.aborted) await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
  } finally {
    log.say('Stopping');
    progress.stop();
    watching.stop();
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

try {
  await main(new Set(process.argv.slice(2)));
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `${error instanceof AlreadyRunningError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
