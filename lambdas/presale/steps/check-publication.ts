import type { Clock } from '#kit/clock.ts';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';
import type { RunPlan } from '../contract.ts';
import type { AskSite, SiteAnswer } from '../ports.ts';
import { taipeiDate } from '../publication/publication-date.ts';
import { listUrl } from '../publication/site-urls.ts';
import { checkUpdate, type UpdateCheck } from '../publication/update-check.ts';

export interface CheckPublicationPorts {
  readonly ask: AskSite;
  readonly siteUrl: string;
  readonly clock: Clock;
}

// The real page has 18 KB.
const maxPageBytes = 2 * 1024 * 1024;

/** Is it out? A season is out when its date has come; for a publication the site's list is asked. */
export async function checkPublication(plan: RunPlan, ports: CheckPublicationPorts): Promise<UpdateCheck> {
  if (plan.season !== null) return checkSeason(plan.season, plan.publication_date, taipeiDate(ports.clock()));
  const { html, date } = await ports.ask(listUrl(ports.siteUrl), readPage);
  return checkUpdate(html, plan.publication_date, taipeiDate(date ?? ports.clock()));
}

function checkSeason(season: string, date: string, today: string): UpdateCheck {
  return date <= today
    ? { state: 'out', reason: `Season ${season} is past.` }
    : { state: 'not-yet', reason: `Season ${season} has not begun: it is of ${date}.` };
}

async function readPage({ status, date, body }: SiteAnswer): Promise<{ html: string; date: Date | undefined }> {
  if (status === 429) throw new ThrottledError('The site asks for fewer requests');
  if (status !== 200) throw new TransientError(`The list of earlier publications answers ${status}`);
  return { html: await textOf(body, maxPageBytes), date };
}

/** A page's text. Throws {@link PermanentError} beyond the limit. */
async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new PermanentError(`The page is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
