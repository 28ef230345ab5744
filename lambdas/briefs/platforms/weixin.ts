import { createHash } from 'node:crypto';
import { DomUtils, parseDocument } from 'htmlparser2';
import { TransientError } from '#kit/errors.ts';
import { parsedJson } from '#kit/text/json.ts';
import { articleOf } from '../article/draft.ts';
import { at, listAt } from '../reading/json.ts';
import { readPostTime } from '../reading/post-time.ts';
import { asReader } from './manners.ts';
import type { Driver, FoundItem, Platform, PlatformAnswer, SearchPage } from './platform.ts';
import { BlockedError, UnknownShapeError } from './refusals.ts';
import { quoted, refuseStatus, searchProbe } from './statuses.ts';

type Element = NonNullable<ReturnType<typeof DomUtils.findOne>>;

/** Sogou's search of WeChat's articles: a page of HTML, or on its WAP address JSON with a piece of XML an article. */
const search: Pick<Driver, 'search' | 'read'> = {
  search: ({ keyword, page }) => ({
    method: 'GET',
    path: '/weixin',
    query: { type: '2', query: keyword, ie: 'utf8', s_from: 'input', page: String(page) },
  }),
  read: readList,
};
const native: Driver = { ...search, probe: searchProbe(search) };

export const weixin = {
  code: 1,
  name: 'weixin',
  title: '微信',
  pageSize: 10,
  drivers: { native },
  asked: { ...asReader, baseUrl: 'https://weixin.sogou.com', requestsPerSecond: 0.2, enrich: false },
} as const satisfies Platform;

const origin = 'https://weixin.sogou.com';

function readList(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  refuseStatus(answer);
  if (answer.url.includes('/antispider') || /id="seccodeForm"|antispider\.min\.js/.test(answer.text))
    throw new BlockedError('Sogou asks for a captcha');
  const wap = parsedJson(answer.text).value;
  if (wap !== undefined) return wapPage(wap, answer, crawledAt);
  const document = parseDocument(answer.text);
  const list = one(document, (part) => part.name === 'ul' && hasClass(part, 'news-list'));
  if (!list) {
    // The page of a search without results says so; any other page without a list is another page.
    if (/id="noresult_part1_container"|没有找到相关/.test(answer.text)) return { items: [], next: undefined };
    throw new UnknownShapeError(quoted(answer));
  }
  // What is missing at the end of a page are articles and the way to the next one.
  if (!/<\/html>/i.test(answer.text)) throw new TransientError(`A page without its end: ${quoted(answer)}`);
  const rows = DomUtils.getElementsByTagName('li', list.children, false);
  const items = rows.map((row, index) => rowItem(row, `ul.news-list/${index}`, crawledAt));
  const more = one(document, (part) => part.attribs.id === 'sogou_next') !== undefined;
  return { items, next: more && items.length > 0 ? { cursor: undefined } : undefined };
}

/** An article as either shape tells it. */
interface Told {
  readonly title: string;
  readonly address: string | undefined;
  readonly summary: string;
  readonly account: string;
  readonly accountId: string | undefined;
  readonly shownTime: string | undefined;
  readonly cover: string | undefined;
  readonly read: string | undefined;
}

function rowItem(row: Element, place: string, crawledAt: Date): FoundItem {
  const heading = one(row, (part) => part.name === 'h3');
  const link = heading && one(heading, (part) => part.name === 'a');
  const foot = one(row, (part) => hasClass(part, 's-p'));
  const account = foot && one(foot, (part) => hasClass(part, 'account') || hasClass(part, 'all-time-y2'));
  const image = one(row, (part) => part.name === 'img');
  const summary = one(row, (part) => hasClass(part, 'txt-info'));
  return itemOf(
    {
      title: textOf(link),
      address: link?.attribs.href,
      summary: textOf(summary),
      account: textOf(account),
      accountId: account?.attribs.i,
      // Newer pages have the time in a script alone.
      shownTime: foot && (foot.attribs.t ?? /timeConvert\('(\d+)'\)/.exec(DomUtils.textContent(foot))?.[1]),
      cover: image?.attribs.src,
      read: undefined,
    },
    place,
    crawledAt,
  );
}

function wapPage(wap: unknown, answer: PlatformAnswer, crawledAt: Date): SearchPage {
  if (!Array.isArray(at(wap, 'items'))) throw new UnknownShapeError(quoted(answer));
  const items = listAt(wap, 'items').map((piece, index) => wapItem(String(piece), `/items/${index}`, crawledAt));
  const last = Number(at(wap, 'page')) >= Number(at(wap, 'totalPages'));
  return { items, next: items.length > 0 && !last ? { cursor: undefined } : undefined };
}

function wapItem(xml: string, place: string, crawledAt: Date): FoundItem {
  const document = parseDocument(xml, { xmlMode: true });
  const text = (name: string) => textOf(one(document, (part) => part.name === name));
  const rank = one(document, (part) => part.name === 'rank' && part.attribs.read !== undefined);
  return itemOf(
    {
      title: text('title') || text('title1'),
      address: text('url') || undefined,
      summary: text('content168') || text('content'),
      account: text('sourcename'),
      accountId: text('openid') || undefined,
      shownTime: text('lastModified') || text('date') || undefined,
      cover: text('imglink') || undefined,
      read: rank?.attribs.read,
    },
    place,
    crawledAt,
  );
}

function itemOf(told: Told, place: string, crawledAt: Date): FoundItem {
  const { title, address, shownTime } = told;
  if (title === '' || address === undefined) return { state: 'dropped', place, reason: 'no-content' };
  const postTime = readPostTime(shownTime, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownTime ?? '' };
  const article = articleOf(
    {
      article_key: keyOf(told, postTime),
      url: new URL(address, origin).href,
      title,
      content: told.summary || null,
      content_cut: true,
      post_time: postTime.toISOString(),
      user_name: told.account || null,
      user_id: told.accountId ?? null,
      note_type: 'normal',
      cover_url: told.cover ?? null,
    },
    { read: told.read },
  );
  return { state: 'article', place, article };
}

/** Result links expire and differ from crawl to crawl, so account, title and second of an article are its key. */
function keyOf({ account, title }: Told, postTime: Date): string {
  const seconds = Math.floor(postTime.getTime() / 1000);
  return `weixin:${createHash('sha256')
    .update(JSON.stringify([account, title, seconds]))
    .digest('hex')
    .slice(0, 40)}`;
}

function one({ children }: Pick<Element, 'children'>, test: (part: Element) => boolean): Element | undefined {
  return DomUtils.findOne(test, children, true) ?? undefined;
}

function hasClass({ attribs }: Element, name: string): boolean {
  return (attribs.class ?? '').split(/\s+/).includes(name);
}

function textOf(part: Element | undefined): string {
  return part ? DomUtils.innerText(part).replace(/\s+/g, ' ').trim() : '';
}
