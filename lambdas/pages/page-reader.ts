import { PageError, type PageFault } from '#kit/pages/page-error.ts';
import type { FetchedPage } from './extraction/messages.ts';
import type { ExtractPage } from './extraction/page-extractor.ts';
import type { PageCache, PageRecord, ReadPage } from './ports.ts';

export interface PageReaderPorts {
  /** Throws a PageError. */
  readonly fetch: (url: string) => Promise<FetchedPage>;
  /** Throws a PageError, too. */
  readonly extract: ExtractPage;
  readonly cache: PageCache;
  readonly clock: () => Date;
}

export interface PageReaderLimits {
  /** Of the HTML and of the text that are kept, in UTF-8. */
  readonly keptBytes: number;
  /** How long a page stands for itself in further messages. */
  readonly freshMs: number;
  /** The same for a page that couldn't be had. */
  readonly failedFreshMs: number;
}

/** Reads each page once: from the cache, together with a read under way, or from its site. */
export function pageReader(ports: PageReaderPorts, limits: PageReaderLimits): ReadPage {
  const underWay = new Map<string, Promise<PageRecord>>();
  return (url) => {
    const reading = underWay.get(url) ?? readOnce(url, ports, limits).finally(() => underWay.delete(url));
    underWay.set(url, reading);
    return reading;
  };
}

async function readOnce(url: string, ports: PageReaderPorts, limits: PageReaderLimits): Promise<PageRecord> {
  const kept = await ports.cache.get(url);
  if (kept && ageOf(kept, ports.clock()) < (kept.state === 'read' ? limits.freshMs : limits.failedFreshMs)) return kept;
  const record = await readNow(url, ports, limits);
  await ports.cache.put(record);
  return record;
}

async function readNow(url: string, ports: PageReaderPorts, limits: PageReaderLimits): Promise<PageRecord> {
  const fetchedAt = ports.clock();
  const failed = (fault: PageFault | 'EmptyPage', reason: string): PageRecord => ({
    url,
    fetchedAt: fetchedAt.toISOString(),
    state: 'failed',
    fault,
    reason,
  });
  try {
    const fetched = await ports.fetch(url);
    const seconds = (ports.clock().getTime() - fetchedAt.getTime()) / 1000;
    const found = await ports.extract(fetched, limits.keptBytes);
    if (found.content === '') return failed('EmptyPage', 'The page has no text');
    return { url, fetchedAt: fetchedAt.toISOString(), state: 'read', seconds, ...found };
  } catch (error) {
    if (error instanceof PageError) return failed(error.reason, error.message);
    throw error;
  }
}

function ageOf({ fetchedAt }: PageRecord, now: Date): number {
  return now.getTime() - new Date(fetchedAt).getTime();
}
