import type { PageFault } from '#kit/pages/page-error.ts';

/** A page that was asked for: its text, or why there is none. */
export type PageRecord = {
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly fetchedAt: string;
} & (
  | {
      readonly state: 'read';
      /** How long the fetch took. */
      readonly seconds: number;
      /** '' when the page names none. */
      readonly title: string;
      readonly content: string;
      readonly html: string;
      /** The page is longer than what is kept of its HTML. */
      readonly htmlTruncated: boolean;
    }
  | { readonly state: 'failed'; readonly fault: PageFault | 'EmptyPage'; readonly reason: string }
);

/** Reads a page by its URL. What is wrong with the page is in the record; throws only what passes. */
export type ReadPage = (url: string) => Promise<PageRecord>;

/** Pages that were read before. */
export interface PageCache {
  readonly get: (url: string) => Promise<PageRecord | undefined>;
  readonly put: (record: PageRecord) => Promise<void>;
}
