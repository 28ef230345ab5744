import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOf } from '../callers/console-token.ts';
import { trigger } from '../console/trigger-target.ts';
import { publicationsOf } from '../sample-site/calendar.ts';
import type { Stack } from '../stack.ts';
import { onlyWaiting, printSummary } from './summary.ts';

/** One run that the site has the files for. */
interface Publishable {
  readonly name: string;
  /** The site's day for it; a folder of real files has many. */
  readonly today: string | undefined;
  readonly request: {
    readonly publication_date?: string;
    readonly season?: string;
    readonly counties?: readonly string[];
  };
}

/**
 * Runs what the site publishes through the real flow: its current publication by the schedule's own door, or, over a
 * folder of real files, every publication and season of the folder, oldest first, by the API. What has succeeded
 * before is left alone. Ends early when the signal aborts; the runs go on at the next start.
 */
export async function runEverythingPublished(stack: Stack, consoleUrl: string, signal: AbortSignal): Promise<void> {
  const { site } = stack.services;
  if (!stack.wiring.api || stack.model.stateMachines.length === 0) return;
  const fromFolder = site !== undefined && stack.settings.variables.PRESALE_SAMPLE_DIR !== undefined;
  if (fromFolder) for (const one of folderRuns(stack)) await runOne(stack, one, signal);
  else await runCurrent(stack, signal);
  if (!signal.aborted) await printSummary(stack, consoleUrl);
}

async function runCurrent(stack: Stack, signal: AbortSignal): Promise<void> {
  const before = await runNames(stack);
  await trigger(stack, 'start-publication', undefined);
  const now = await runNames(stack);
  if (now.size === before.size) stack.log.say('The current publication was run before; npm run reset forgets it');
  // A site that is away may be away for a day: what else there is to see doesn't wait for it.
  await whileRunning(stack, signal, () => onlyWaiting(stack));
}

function folderRuns(stack: Stack): readonly Publishable[] {
  const { site } = stack.services;
  const publications = (site?.publications() ?? []).map(({ date, files }) => ({
    name: date,
    today: date,
    request: { publication_date: date, counties: files.map(({ county }) => county) },
    at: date,
  }));
  const seasons = (site?.seasons() ?? []).map((season) => ({
    name: season,
    today: undefined,
    request: { season },
    at: publicationsOf(season).at(-1) ?? season,
  }));
  // A season's file comes after the publications it is made of; the sort keeps that order.
  return [...publications, ...seasons].sort((one, other) => one.at.localeCompare(other.at));
}

async function runOne(stack: Stack, { name, today, request }: Publishable, signal: AbortSignal): Promise<void> {
  if (signal.aborted || [...(await runNames(stack, 'SUCCEEDED'))].some((run) => run.includes(name))) return;
  if (today !== undefined) stack.services.site?.setToday(today);
  const response = await fetch(`${stack.wiring.api?.url}/presale/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(stack.services)}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  // 409: a run of before the restart, which goes on.
  if (!response.ok && response.status !== 409)
    throw new Error(`POST /presale/runs answered ${response.status}: ${await response.text()}`);
  await whileRunning(stack, signal);
}

const pollMs = 100;
// A question is a request to the API: one in two seconds.
const looksAQuestion = 20;

/** Until no run is under way, or until it is enough. */
async function whileRunning(stack: Stack, signal: AbortSignal, enough = async () => false): Promise<void> {
  for (let look = 1; !signal.aborted && (await runNames(stack, 'RUNNING')).size > 0; look++) {
    if (look % looksAQuestion === 0 && (await enough())) return;
    await sleep(pollMs);
  }
}

async function runNames(stack: Stack, status?: 'RUNNING' | 'SUCCEEDED'): Promise<ReadonlySet<string>> {
  const { executions } = await stack.machines.list({ limit: 1000, ...(status === undefined ? {} : { status }) });
  return new Set(executions.map(({ name }) => name));
}
