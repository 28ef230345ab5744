import { PageError } from '#kit/pages/page-error.ts';
import { logger } from '#kit/telemetry.ts';
import type { FetchedPage, Report, WholePage } from './messages.ts';
import { type PageThread, type ReadingLimits, startThread } from './page-thread.ts';

/** Finds the text of a page. Throws a PageError for one that has broken every way to read it. */
export type ExtractPage = (page: FetchedPage, keptBytes: number) => Promise<WholePage>;

/**
 * Reads pages in a thread of their own, one after the other: whatever a page does to its reader, the process goes on. The
 * thread is kept from page to page and made anew after a page that it didn't survive. Of a page that took too much the
 * article is missing, not the text.
 */
export function pageExtractor(limits: ReadingLimits): ExtractPage {
  let thread: Promise<PageThread> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const extract: ExtractPage = async (page, keptBytes) => {
    thread ??= startThread(limits);
    const current = await thread.catch((error: unknown) => {
      thread = undefined;
      throw error;
    });
    let found: WholePage | undefined;
    let broken: string | undefined;
    const ended = await current.read(page, keptBytes, (report: Report) => {
      if (report.kind === 'whole') found = report.whole;
      if (report.kind === 'article' && found) found = { ...found, ...report.article };
      if (report.kind === 'broken') broken = report.reason;
    });
    // The next one starts while this page's message goes out.
    if (ended !== undefined) thread = quietly(startThread(limits));
    const why = ended ?? broken;
    if (!found) throw new PageError('Unreadable', `The page could not be read: ${why}`);
    if (why !== undefined) logger().warn('All of a page’s text stands for its article', { url: page.url, why });
    return found;
  };
  return (page, keptBytes) => {
    const reading = last.then(() => extract(page, keptBytes));
    last = reading.catch(() => undefined);
    return reading;
  };
}

/** A caller that waits for it gets its failure; until then it may go unheard. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
