import { createHash } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import { ThrottledError, TransientError } from '#kit/errors.ts';
import type { BackedUp, FetchOutcome, RunPlan } from '../contract.ts';
import { headOf } from '../file/encoding.ts';
import { lineWatch } from '../file/line-watch.ts';
import type { AskSite, RawFiles, SiteAnswer } from '../ports.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { errorPageWords } from '../publication/error-page.ts';
import { rawKey, receiptKey, refetchedKey } from '../publication/keys.ts';
import { taipeiDate } from '../publication/publication-date.ts';
import { currentUrl, seasonUrl } from '../publication/site-urls.ts';
import { earlierBackup, laterBackup } from './other-backups.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { sniff, toUtf8 } from './sniff.ts';

export interface FetchCountyPorts {
  readonly ask: AskSite;
  readonly siteUrl: string;
  readonly raw: RawFiles;
  readonly clock: Clock;
}

interface Fetch {
  readonly plan: RunPlan;
  readonly county: CountyLetter;
  readonly site: 'current' | 'replaced';
}

/** A body that is in the bucket; whether it counts as a backup is not yet said. */
interface Stored {
  readonly state: 'stored';
  readonly receipt: Receipt;
  /** False for a file with nothing below its headers. */
  readonly holdsRows: boolean;
}

/**
 * Brings a county's file into the bucket, byte for byte. A backup that is whole is not fetched again, unless the plan says
 * so and the site still has the file; the receipt is written last, so a half file is never taken for one.
 */
export async function fetchCounty({ plan, county, site }: Fetch, ports: FetchCountyPorts): Promise<FetchOutcome> {
  const started = ports.clock().getTime();
  const key = receiptKey(plan.name, county);
  const finished = (receipt: Receipt): BackedUp => ({
    county,
    state: 'backed-up',
    source_key: receipt.source_key ?? rawKey(plan.name, county),
    sha256: receipt.sha256,
    bytes: receipt.bytes,
    fetch_ms: Math.max(0, ports.clock().getTime() - started),
  });
  const backup = (await ports.raw.exists(key)) ? readReceipt(await ports.raw.readText(key), key) : undefined;
  const refetch =
    plan.refetch && site === 'current' && backup?.source_key !== refetchedKey(plan.name, county, plan.run_id);
  if (backup && !refetch) return finished(backup);

  if (site === 'replaced') {
    return {
      county,
      state: 'gone',
      reason: `The site shows a newer publication than ${plan.name}, and no backup is there.`,
    };
  }
  const stored = await download(plan, county, ports);
  if (stored.state === 'empty') return { county, state: 'empty' };
  const doubled = stored.holdsRows ? await underAnotherDate({ plan, county }, stored.receipt, ports) : undefined;
  if (doubled) return doubled;
  await ports.raw.put(key, `${JSON.stringify(stored.receipt, undefined, 2)}\n`, { contentType: 'application/json' });
  return finished(stored.receipt);
}

/** The same bytes are never loaded under two dates. */
async function underAnotherDate(
  { plan, county }: Pick<Fetch, 'plan' | 'county'>,
  { sha256 }: Receipt,
  { raw, clock }: FetchCountyPorts,
): Promise<FetchOutcome | undefined> {
  const earlier = await earlierBackup(plan, county, raw);
  if (earlier?.receipt.sha256 === sha256) {
    return { county, state: 'unchanged', reason: `The site still has the file of ${earlier.name}.` };
  }
  const later = await laterBackup(plan, county, raw, { sha256, today: taipeiDate(clock()) });
  return later && { county, state: 'gone', reason: `The site has the file of ${later.name} by now.` };
}

function download(plan: RunPlan, county: CountyLetter, ports: FetchCountyPorts): Promise<Stored | { state: 'empty' }> {
  const { season, name } = plan;
  const url = season === null ? currentUrl(ports.siteUrl, county) : seasonUrl(ports.siteUrl, season, county);
  return ports.ask(url, async (answer) => {
    if (answer.status === 404) return emptyUnlessDisturbed(answer);
    if (answer.status === 429) throw new ThrottledError('The site asks for fewer requests');
    if (answer.status !== 200) {
      const fault = answer.status >= 500 ? 'ServerError' : 'UnexpectedStatus';
      throw new TransientError(`The site answered ${answer.status}`, { fault });
    }
    const passing = await sniffedBody(answer);
    const key = plan.refetch ? refetchedKey(name, county, plan.run_id) : rawKey(name, county);
    await ports.raw.upload(key, passing.body(), { contentType: 'text/csv' });
    const { sha256, bytes, holdsRows } = passing.result();
    const fetchedAt = ports.clock().toISOString();
    const receipt = { sha256, bytes, url, fetched_at: fetchedAt, content_type: answer.contentType };
    return { state: 'stored', receipt: plan.refetch ? { ...receipt, source_key: key } : receipt, holdsRows };
  });
}

/** 404 is a county without deals, but for a page that says the site is in trouble. */
async function emptyUnlessDisturbed({ body }: SiteAnswer): Promise<{ state: 'empty' }> {
  const { head } = await headOf(body[Symbol.asyncIterator]());
  const words = errorPageWords(Buffer.from(head).toString('utf8'));
  if (words !== undefined) {
    throw new TransientError(`The site answered 404 with an error page: ${words}`, { fault: 'HtmlInsteadOfCsv' });
  }
  return { state: 'empty' };
}

/** A body that begins as a file of deals, hashed and counted as it passes. */
async function sniffedBody({ body, contentType }: SiteAnswer) {
  const chunks = body[Symbol.asyncIterator]();
  const { head, ended } = await headOf(chunks);
  const decoded = toUtf8(sniff(head, contentType));
  const hash = createHash('sha256');
  const watch = lineWatch();
  let bytes = 0;
  let lines = 0;
  const count = (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.byteLength;
    const text = decoded(chunk);
    watch.see(text);
    // Two lines are the headers; the exact number beyond doesn't matter.
    for (let at = text.indexOf(10); at >= 0 && lines < 3; at = text.indexOf(10, at + 1)) lines += 1;
    return chunk;
  };
  return {
    async *body() {
      yield count(head);
      for (let next = ended ? undefined : await chunks.next(); next && !next.done; next = await chunks.next()) {
        yield count(next.value);
      }
      watch.see(decoded());
      watch.end();
    },
    result: () => ({ sha256: hash.digest('hex'), bytes, holdsRows: lines > 2 }),
  };
}
