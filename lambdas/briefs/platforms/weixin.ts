import { createHash } from 'node:crypto';
import { DomUtils, parseDocument } from 'htmlparser2';
import { TransientError } from '#kit/errors.ts';
import { idOf } from '../article/detail.ts';
import { articleOf } from '../article/draft.ts';
import { countOf } from '../reading/count.ts';
import { answerIn, at, isSet, listAt, numberAt, shownAs, textAt } from '../reading/json.ts';
import { plainText } from '../reading/plain-text.ts';
import { readPostTime } from '../reading/post-time.ts';
import { shallow } from '../reading/shallow.ts';
import { asReader } from './manners.ts';
import type { Detail, Driver, FoundItem, Platform, PlatformAnswer, SearchPage } from './platform.ts';
import { BlockedError, UnknownShapeError } from './refusals.ts';
import { gatewayData, gatewayProbe, quoted, refuseStatus, searchProbe } from './statuses.ts';

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

/** What the gateway adds to its offset from one page to the next: "每页+20" in TikHub's documentation. */
const gatewayPage = 20;

/**
 * A paid data interface. Its search (`doc_url`, `source.title`, `timestamp`, `desc`): sunnyseed/last30days-cn-skill,
 * scripts/lib/wechat.py; its addresses and figures (`article_url`, `read_num`, `like_num`): 12mxf/gongzonghao,
 * src/adapters/search/tikhub.ts.
 */
const gateway: Driver = {
  search: ({ keyword, page }) => ({
    method: 'GET',
    path: '/api/v1/wechat_mp/web/fetch_search_article',
    query: { keyword, offset: String((page - 1) * gatewayPage), sort_type: '_2' },
  }),
  read: gatewayPageOf,
  pageSize: gatewayPage,
  details: {
    // Figures of an article whose address stays; the address that stays of one that has a link of today.
    note: {
      subject: ({ platform_id }) => (platform_id === null ? undefined : subjectOf(platform_id)),
      ask: (subject) =>
        subject.endsWith(linkMark)
          ? {
              method: 'GET',
              path: '/api/v1/wechat_mp/web/fetch_mp_article_url',
              query: { sogou_url: decodeURIComponent(idOf(subject)) },
            }
          : {
              method: 'POST',
              path: '/api/v1/wechat_mp/v2/fetch_article_stats',
              body: { url: addressOf(subject), raw: false },
            },
      read: readFigures,
    },
  },
  probe: gatewayProbe,
};

export const weixin = {
  code: 1,
  name: 'weixin',
  title: '微信',
  pageSize: 10,
  drivers: { native, gateway },
  asked: { ...asReader, baseUrl: 'https://weixin.sogou.com', requestsPerSecond: 0.2, enrich: false },
} as const satisfies Platform;

const origin = 'https://weixin.sogou.com';

function readList(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  refuseStatus(answer);
  if (answer.url.includes('/antispider') || /id="seccodeForm"|antispider\.min\.js/.test(answer.text))
    throw new BlockedError('Sogou asks for a captcha');
  const wap = answerIn(answer.text);
  if (wap !== undefined) return wapPage(wap, answer, crawledAt);
  const document = parseDocument(shallow(answer.text));
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
  readonly id?: string | null;
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
  const items = listAt(wap, 'items').map((piece, index) => wapItem(shownAs(piece), `/items/${index}`, crawledAt));
  const [page, pages] = [numberAt(wap, 'page'), numberAt(wap, 'totalPages')];
  const last = page !== undefined && pages !== undefined && page >= pages;
  return { items, next: items.length > 0 && !last ? { cursor: undefined } : undefined };
}

function wapItem(xml: string, place: string, crawledAt: Date): FoundItem {
  const document = parseDocument(shallow(xml, { xmlMode: true }), { xmlMode: true });
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
  if (title === '' || address === undefined || !URL.canParse(address, origin))
    return { state: 'dropped', place, reason: 'no-content' };
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
      platform_id: told.id ?? null,
    },
    { read: told.read },
  );
  return { state: 'article', place, article };
}

function gatewayPageOf(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  const data = gatewayData(answer);
  const name = ['items', 'list', 'articles'].find((one) => Array.isArray(at(data, one)));
  if (name === undefined) throw new UnknownShapeError(quoted(answer));
  const items = listAt(data, name).map((article, index) => gatewayItem(article, `/data/${name}/${index}`, crawledAt));
  const last = isSet(data, 'no_more');
  return { items, next: items.length > 0 && !last ? { cursor: undefined } : undefined };
}

function gatewayItem(article: unknown, place: string, crawledAt: Date): FoundItem {
  const text = (...names: readonly string[]) => names.map((name) => textAt(article, name)).find((one) => one !== null);
  const link = text('doc_url', 'article_url', 'url', 'link') ?? textAt(article, 'jumpInfo', 'jumpUrl') ?? undefined;
  const address = link !== undefined && URL.canParse(link, origin) ? new URL(link, origin) : undefined;
  const shown = text('timestamp', 'publish_time', 'create_time', 'date') ?? textAt(article, 'source', 'dateTime');
  const id = address && nameOf(address);
  return itemOf(
    {
      title: plainText(text('title') ?? ''),
      address: id !== undefined && !isLink(id) ? addressOf(id) : address?.href,
      summary: plainText(text('desc', 'digest', 'abstract') ?? ''),
      account: plainText(textAt(article, 'source', 'title') ?? text('nickname', 'account_name') ?? ''),
      accountId: text('username', 'ghid'),
      shownTime: shown ?? undefined,
      cover: text('cover_url', 'thumbUrl', 'cover'),
      read: text('read_num'),
      ...(id !== undefined && { id }),
    },
    place,
    crawledAt,
  );
}

/** Behind a subject that is a link of today. */
const linkMark = '/link';
const identity = ['__biz', 'idx', 'mid', 'sn'];
// An id is kept as it is up to here (article/draft.ts); what is longer could not be asked for.
const longestId = 500;

/**
 * What an address names: of an article that stays its token or what stands for one, without the parameters of a session;
 * of a link that expires the link. There is no slash in either.
 */
function nameOf(address: URL): string | undefined {
  const [, token] = /^\/s\/([\w-]+)\/*$/.exec(address.pathname) ?? [];
  const named = identity.flatMap((name) => {
    const value = address.searchParams.get(name);
    return value ? [[name, value] satisfies [string, string]] : [];
  });
  const isArticle = address.hostname === 'mp.weixin.qq.com';
  if (isArticle && token !== undefined) return token;
  const id = isArticle && named.length > 0 ? new URLSearchParams(named).toString() : encodeURIComponent(address.href);
  return id.length <= longestId ? id : undefined;
}

function subjectOf(id: string): string {
  return isLink(id) ? `${id}${linkMark}` : id;
}

function isLink(id: string): boolean {
  return id.startsWith('http');
}

/** The address of an article that stays. */
function addressOf(id: string): string {
  return `https://mp.weixin.qq.com/s${id.includes('=') ? '?' : '/'}${id}`;
}

function readFigures(answer: PlatformAnswer): Detail {
  const data = gatewayData(answer);
  const told = ['article_url', 'weixin_url', 'permanent_url', 'mp_url', 'url'].map((name) => textAt(data, name) ?? '');
  // A guard's page is no address of an article.
  const url = told.find((one) => /^https?:\/\/mp\.weixin\.qq\.com\/s\b/.test(one));
  const figure = (...names: readonly string[]) =>
    names.map((name) => countOf(at(data, name))).find((count) => count !== null) ?? null;
  const figures = {
    read: figure('read_num', 'read_count'),
    like: figure('like_num', 'like_count'),
    comment: figure('comment_count', 'comment_num'),
    share: figure('share_count', 'share_num'),
    collect: figure('collect_count', 'collect_num'),
  };
  const known = Object.values(figures).some((count) => count !== null);
  if (url === undefined && !known) throw new UnknownShapeError(quoted(answer));
  return { ...(known && figures), ...(url !== undefined && { url }) };
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
