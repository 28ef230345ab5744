import type { ObjectStore } from '#adapters/object-store.ts';
import { pageFetcher } from '#adapters/public-http/fetch-page.ts';
import type { Clock } from '#kit/clock.ts';
import { readingLimits } from './contract.ts';
import { pageExtractor } from './extraction/page-extractor.ts';
import { pageCache } from './page-cache-bucket.ts';
import { pageReader } from './page-reader.ts';
import { politely } from './politely.ts';
import type { ReadPage } from './ports.ts';

export interface PageSettings {
  readonly PAGE_TIMEOUT_MS: number;
  readonly PAGE_MAX_BYTES: number;
  readonly PAGE_KEPT_BYTES: number;
  readonly PAGE_PER_HOST: number;
  readonly PAGE_GAP_MS: number;
  readonly PAGE_FRESH_MS: number;
  readonly PAGE_ALLOWED: readonly string[];
}

const redirects = 5;
// A page that is away for a while should not be away for an hour.
const failedFreshMs = 60_000;

/** Reads pages from the bucket, or else from their sites, with the manners and limits of the environment. */
export function pagesOf(settings: PageSettings, bucket: Pick<ObjectStore, 'put' | 'readText'>, clock: Clock): ReadPage {
  const fetch = pageFetcher({
    timeoutMs: settings.PAGE_TIMEOUT_MS,
    redirects,
    maxBytes: settings.PAGE_MAX_BYTES,
    allowed: settings.PAGE_ALLOWED,
  });
  return pageReader(
    {
      fetch: politely(fetch, { atOnce: settings.PAGE_PER_HOST, gapMs: settings.PAGE_GAP_MS }),
      extract: pageExtractor(readingLimits),
      cache: pageCache(bucket),
      clock,
    },
    {
      keptBytes: settings.PAGE_KEPT_BYTES,
      freshMs: settings.PAGE_FRESH_MS,
      failedFreshMs: Math.min(failedFreshMs, settings.PAGE_FRESH_MS),
    },
  );
}
