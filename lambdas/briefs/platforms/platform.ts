import type { CrawledArticle } from '../article/article.ts';

/** Whose address is asked: the platform's own with the operator's cookies, or a paid interface with one token. */
export type DriverName = 'native' | 'gateway';

/** What is searched for. */
export interface SearchQuery {
  readonly keyword: string;
  /** 1 for the first. */
  readonly page: number;
  /** What the last answer gave for this page, where paging hangs on it. */
  readonly cursor: Cursor | undefined;
  /** The range of post times: from its first moment to the one after its last. */
  readonly from: Date;
  readonly until: Date;
}

/** What the next page needs of this one's answer. */
export type Cursor = Readonly<Record<string, string | number>>;

/** One call, without base URL and credential, which configuration adds. */
export interface PlatformRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What came back, whatever its status. */
export interface PlatformAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** After redirects: a captcha page is reached by one. */
  readonly url: string;
}

/** Why an item of a page is no article. */
export type DropReason = 'advertisement' | 'no-content' | 'not-an-article';

/** One item of a search page, in its order. `place` is where it stands in the answer, as a JSON pointer or an index. */
export type FoundItem =
  | { readonly state: 'article'; readonly place: string; readonly article: CrawledArticle }
  | { readonly state: 'dropped'; readonly place: string; readonly reason: DropReason }
  | { readonly state: 'problem'; readonly place: string; readonly reason: 'unreadable-time'; readonly shown: string };

/** A page of results. */
export interface SearchPage {
  readonly items: readonly FoundItem[];
  /** Missing after the last page. */
  readonly next: { readonly cursor: Cursor | undefined } | undefined;
}

/**
 * Reads an answer. Throws LoginWantedError, BlockedError, BalanceError, ThrottledError, TransientError and
 * UnknownShapeError: a refusal is never an empty page.
 */
export type ReadPage = (answer: PlatformAnswer, crawledAt: Date) => SearchPage;

/** What a further call tells of a user or a note; absent is null, as in articles. */
export interface Detail {
  readonly user_fans?: number | null;
  readonly user_following?: number | null;
  readonly user_posts?: number | null;
  readonly content?: string | null;
  /** The address that stays, of an article whose page of results had a link that expires. */
  readonly url?: string;
  readonly coin?: number | null;
  readonly share?: number | null;
  readonly like?: number | null;
  readonly comment?: number | null;
  readonly collect?: number | null;
  readonly play?: number | null;
  readonly danmu?: number | null;
  readonly read?: number | null;
  readonly tags?: readonly string[];
}

/** A call that tells more than a page of results does. */
export interface DetailCall {
  /** What is asked for by it, of an article: a user's or a note's id. `undefined`: nothing is missing, or can be asked. */
  readonly subject: (article: CrawledArticle) => string | undefined;
  readonly ask: (subject: string) => PlatformRequest;
  /** Throws what {@link ReadPage} throws. */
  readonly read: (answer: PlatformAnswer) => Detail;
}

/** A call that shows whether a platform lets us in. */
export interface ProbeCall {
  readonly request: PlatformRequest;
  /** Throws LoginWantedError, BalanceError and what else keeps the platform from working. */
  readonly read: (answer: PlatformAnswer) => void;
}

/** One way to ask a platform. */
export interface Driver {
  readonly search: (query: SearchQuery) => PlatformRequest;
  readonly read: ReadPage;
  /** Further pages want what the first one answered for them, whatever later ones answer. */
  readonly cursorOfFirst?: true;
  /** Of whom wrote it, and of the article itself. */
  readonly details?: { readonly user?: DetailCall; readonly note?: DetailCall };
  /** A cheap call that shows whether the credential is good. */
  readonly probe?: ProbeCall;
  /** Articles on a page of results, where it has more than the platform's own pages. */
  readonly pageSize?: number;
}

/** How politely a platform is asked, and for what money: what an environment's settings of it begin with. */
export interface Manners {
  readonly driver: DriverName | 'off';
  readonly baseUrl: string;
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  readonly pricePerCall: number;
  readonly budgetPerBrief: number;
  readonly budgetPerDay: number;
  readonly enrich: boolean;
  readonly probe: boolean;
}

/** A platform: all that is its own stands in one file. */
export interface Platform {
  /** As callers write it. */
  readonly code: number;
  readonly name: string;
  /** As people read it. */
  readonly title: string;
  /** Articles on a page of results. */
  readonly pageSize: number;
  readonly drivers: Readonly<Partial<Record<DriverName, Driver>>>;
  /** How it is asked, unless an environment says otherwise. */
  readonly asked: Manners;
}

/** Ties a platform's name to its Kafka topic. */
export function topicOf(name: string): string {
  return `brief.${name}`;
}
