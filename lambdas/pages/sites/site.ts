import type { PageDocument } from '../dom.ts';
import type { RawText } from '../raw-text.ts';

/** A site whose pages say where their article stands. */
export interface Site {
  /** Whether the page is one of it: by its host, or by what only its pages have, for they are mirrored elsewhere. */
  readonly owns: (url: string, document: PageDocument) => boolean;
  /** The page's article; `undefined` where it isn't as the site's pages are, so that it is read like any other. */
  readonly read: (document: PageDocument) => RawText | undefined;
}

/** `undefined` for what is no URL. */
export function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
