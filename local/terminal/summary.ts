import { firstAdmin, tokenOf } from '../callers/console-token.ts';
import type { Stack } from '../stack.ts';

interface RunLine {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly waits_for: string | null;
  readonly waits_until: string | null;
  readonly results: readonly { readonly good: number; readonly problems: number; readonly state: string }[];
}

/** Prints the results of the runs, where they are, and one line that asks the API for them. */
export async function printSummary(stack: Stack, consoleUrl: string): Promise<void> {
  const { log, services, model } = stack;
  for (const run of await runs(stack)) log.say(runLine(run));
  const raw = model.buckets.find(({ notifiesEventBus }) => notifiesEventBus)?.name;
  log.say(`Raw files      ${consoleUrl}/buckets/${raw}/presale/raw/`);
  log.say(`Problem rows   ${consoleUrl}/buckets/${raw}/presale/problems/`);
  log.say(`Report mail    ${services.mail.inboxUrl}`);
  if (services.kafka) log.say(`Kafka          ${services.kafka.brokers}; topics: ${consoleUrl}/topics`);
  if (services.kafka && services.site) showMessage(stack, consoleUrl, services.site.url);
}

/** The address that opens the console signed in: what follows # stays in the browser. */
export function showConsole({ log, services }: Stack, consoleUrl: string): void {
  log.show(`Console        ${consoleUrl}/console#token=${tokenOf(services)}`);
}

/** Where the API is, and who may ask it; nothing where there is none. */
export function showApi(stack: Stack): void {
  const api = stack.wiring.api?.url;
  if (api === undefined) return;
  stack.log.say(`API            ${api}`);
  showCaller(stack, `${api}/apiv1/deals?length=2`);
}

/** The generated user with its current password, for a shell with md5sum, and a token for clients that cannot compute one. */
function showCaller({ log, services }: Stack, url: string): void {
  const admin = firstAdmin(services);
  if (admin) {
    const quoted = `'${admin.password.replaceAll("'", String.raw`'\''`)}@'`;
    const password = `$(printf %s ${quoted}$t | md5sum | cut -c1-32)`;
    log.show(`User           ${admin.name}, password ${admin.password}`);
    log.show(`Try it         t=$(date +%s); curl -u "${admin.name}:${password}" '${url}&_='$t`);
  }
  log.show(`Token          ${tokenOf(services)}`);
}

/** The first message people are shown to send, with an obvious topic. */
export const firstMessage = { text: '补时进球，城东队主场两球取胜', article: 'football' } as const;

/** A message with a page of the sample site, and where it comes out tagged. */
function showMessage({ log }: Stack, consoleUrl: string, siteUrl: string): void {
  const { text, article } = firstMessage;
  const message = JSON.stringify({ text, type: 3, url: `${siteUrl}/articles/${article}` });
  const record = JSON.stringify({ value: message });
  log.show(`Tag a message  curl -H 'content-type: application/json' -d '${record}' '${consoleUrl}/topics/wx.messages'`);
  // The page is fetched meanwhile: the second line waits for it when both are pasted at once.
  const read = `curl -s '${consoleUrl}/topics/wx.messages.tagged' | grep ${text}`;
  log.show(`               for i in $(seq 30); do ${read} && break; sleep 1; done`);
}

/** Whether the runs that haven't ended only wait, and for longer than a moment. */
export async function onlyWaiting(stack: Stack): Promise<boolean> {
  const running = (await runs(stack)).filter(({ state }) => state === 'running');
  const waitMs = ({ waits_until }: RunLine) => new Date(waits_until ?? 0).getTime() - Date.now();
  return running.length > 0 && running.every((run) => waitMs(run) > momentMs);
}

// A person who set a shorter pause between two tries wants to see the next one.
const momentMs = 30_000;

async function runs({ wiring, services }: Stack): Promise<readonly RunLine[]> {
  const response = await fetch(`${wiring.api?.url}/presale/runs?length=500`, {
    headers: { authorization: `Bearer ${tokenOf(services)}` },
  });
  if (!response.ok) throw new Error(`GET /presale/runs answered ${response.status}: ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: RunLine[] } };
  return [...result.data].reverse();
}

function runLine({ name, state, reason, waits_for, waits_until, results }: RunLine): string {
  if (waits_until !== null) {
    const until = new Date(waits_until).toTimeString().slice(0, 8);
    return `Run ${name.padEnd(10)} waits until ${until}: ${waits_for}`;
  }
  const total = (of: 'good' | 'problems') => results.reduce((sum, county) => sum + county[of], 0);
  const loaded = results.filter((county) => county.state === 'loaded').length;
  const why = reason === null ? '' : `: ${reason}`;
  return `Run ${name.padEnd(10)} ${state}${why}, ${total('good')} rows of ${loaded} counties loaded, ${total('problems')} problem rows`;
}
