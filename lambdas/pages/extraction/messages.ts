/** What the thread that reads pages is told and tells. */

/** A page as it was fetched. */
export interface FetchedPage {
  /** After redirects: sites are known by it. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface Order {
  readonly id: number;
  readonly page: FetchedPage;
  /** Of the HTML and of the text that are kept, in UTF-8. */
  readonly keptBytes: number;
}

/** The page without its article: cheap to make, and all there is of a page that its article can't be found in. */
export interface WholePage {
  readonly html: string;
  /** The page is longer than what is kept of its HTML. */
  readonly htmlTruncated: boolean;
  readonly title: string;
  /** All of its text. */
  readonly content: string;
}

export interface Article {
  readonly title: string;
  readonly content: string;
}

/** In their order: the whole page first, then its article or why it was not found. `ready` comes once, before all others. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'whole'; readonly id: number; readonly whole: WholePage }
  | { readonly kind: 'article'; readonly id: number; readonly article: Article }
  | { readonly kind: 'broken'; readonly id: number; readonly reason: string };
