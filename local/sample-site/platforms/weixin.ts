import { randomFor } from '../generated/random.ts';
import { base62, fromBase62 } from './base62.ts';
import { type Entry, postNamed, search } from './found.ts';
import { html, json, type PlatformSite } from './platform-site.ts';
import type { Post } from './posts.ts';
import { escaped, highlighted } from './shown.ts';

/** weixin.sogou.com: a page of HTML; on the WAP address JSON with a piece of XML for each article. */
export const weixin: PlatformSite = {
  '/weixin': ({ url, now }) => {
    const [keyword, page] = [url.searchParams.get('query') ?? '', Number(url.searchParams.get('page') ?? 1)];
    const found = search({ platform: 'weixin', keyword, page, size: 10 }, now);
    if (found.entries.length === 0)
      return html(pageOf(keyword, '<div id="noresult_part1_container"><p>没有找到相关的微信公众号文章。</p></div>'));
    const rows = found.entries.map((entry, i) => rowOf(entry, { keyword, page, place: i })).join('\n');
    const next = page < found.pages ? `<a id="sogou_next" href="?page=${page + 1}" class="np">下一页</a>` : '';
    return html(
      pageOf(
        keyword,
        `<div class="news-box"><ul class="news-list">\n${rows}\n</ul></div><div class="p-fy">${next}</div>`,
      ),
    );
  },
  '/weixinwap': ({ url, now }) => {
    const [keyword, page] = [url.searchParams.get('query') ?? '', Number(url.searchParams.get('page') ?? 1)];
    const found = search({ platform: 'weixin', keyword, page, size: 10 }, now);
    const items = found.entries.flatMap((entry) => (entry.kind === 'post' ? [xmlOf(entry.post, keyword)] : []));
    return json({ page, totalItems: found.total, totalPages: Math.max(1, found.pages), items });
  },
  '/link': () =>
    html('<script>var url = ""; url += "https://mp.weixin.qq.com/s?sample"; window.location.replace(url)</script>'),
};

// The gateway's own.
const articlesOnPage = 20;

/** A page as a gateway hands it on: most articles by the address that stays, a few by Sogou's link. */
export function weixinArticles(url: URL, now: Date): object {
  const [keyword, offset] = [url.searchParams.get('keyword') ?? '', Number(url.searchParams.get('offset') ?? 0)];
  const page = Math.floor(offset / articlesOnPage) + 1;
  const found = search({ platform: 'weixin', keyword, page, size: articlesOnPage }, now);
  // Beside articles there are boxes that search for more.
  const items = found.entries.map((entry) =>
    entry.kind === 'post' ? articleOf(entry, keyword) : { boxTitle: '推广' },
  );
  return { items, no_more: page >= found.pages };
}

function articleOf({ post, random }: Extract<Entry, { kind: 'post' }>, keyword: string): object {
  const mark = (part: string) => `<em class="highlight">${part}</em>`;
  const token = base62(post.id);
  const address = random.chance(0.2)
    ? `https://weixin.sogou.com/link?url=dn9a_${random.whole(1, 1e9)}&id=${token}`
    : `http://mp.weixin.qq.com/s/${token}?scene=7&sessionid=${random.whole(1, 1e9)}`;
  return {
    title: highlighted(escaped(post.title), escaped(keyword), mark),
    desc: highlighted(escaped(post.text), escaped(keyword), mark),
    doc_url: address,
    timestamp: Math.floor(post.postedAt.getTime() / 1000),
    source: { title: post.author.name, iconUrl: '' },
  };
}

/** What is told of an article: how often it was read, and liked. */
export function weixinFigures(address: string): object {
  const post = postNamed('weixin', fromBase62(/\/s\/(\w+)/.exec(address)?.[1] ?? ''));
  return {
    read_num: post.reads,
    like_count: post.likes,
    old_like_count: post.collects,
    comment_count: post.comments,
    share_count: post.shares,
  };
}

function pageOf(keyword: string, content: string): string {
  const shown = escaped(keyword);
  return `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>${shown}的相关微信公众号文章 – 搜狗微信搜索</title></head>
<body><ul class="searchnav"><li>新闻</li><li class="cur"><a href="javascript:void(0)">微信</a></li></ul>
<form name="searchForm" action="/weixin"><input type="text" class="query" name="query" value="${shown}"></form>
<div class="main-left">${content}</div>
</body></html>
`;
}

interface Row {
  readonly keyword: string;
  readonly page: number;
  readonly place: number;
}

function rowOf(entry: Entry, { keyword, page, place }: Row): string {
  // An advertisement has no title, as nothing of this page's own has; cards of accounts have no address.
  if (entry.kind === 'advertisement')
    return `<li id="sogou_ad_${place}"><div class="txt-box"><h3></h3><p class="txt-info">推广</p></div></li>`;
  if (entry.kind === 'other') return `<li id="sogou_gzh_${place}"><div class="txt-box"><h3>相关公众号</h3></div></li>`;
  const { post, random } = entry;
  const mark = (found: string) => `<em><!--red_beg-->${found}<!--red_end--></em>`;
  const title = highlighted(escaped(post.title), escaped(keyword), mark);
  const text = highlighted(escaped(post.text), escaped(keyword), mark);
  const seconds = Math.floor(post.postedAt.getTime() / 1000);
  // Newer pages have the time in a script alone.
  const foot = random.chance(0.5)
    ? `<div class="s-p" t="${seconds}"><a class="account" target="_blank" i="${openIdOf(post)}">${post.author.name}</a><span class="s2"><script>document.write(timeConvert('${seconds}'))</script></span></div>`
    : `<div class="s-p"><span class="all-time-y2" i="${openIdOf(post)}">${post.author.name}</span><span class="s2"><script>document.write(timeConvert('${seconds}'))</script></span></div>`;
  // A link is another one each time, and expires.
  const link = `/link?url=dn9a_${post.id.toString(36)}${Date.now().toString(36)}${place}&amp;type=2&amp;query=${encodeURIComponent(keyword)}&amp;token=${page}`;
  return `<li id="sogou_vr_11002601_box_${place}" d="sample-${post.id}">
<div class="img-box"><a href="${link}"><img src="//img01.sogoucdn.com/sample/${post.id % 100}.jpg"></a></div>
<div class="txt-box"><h3><a target="_blank" href="${link}" id="sogou_vr_11002601_title_${place}">${title}</a></h3>
<p class="txt-info" id="sogou_vr_11002601_summary_${place}">${text}</p>
${foot}</div></li>`;
}

function xmlOf(post: Post, keyword: string): string {
  const random = randomFor('weixin', post.id);
  const title = highlighted(escaped(post.title), escaped(keyword), (found) => `<em>${found}</em>`);
  const reads = random.chance(0.2) ? '10万+' : String(post.reads);
  return `<?xml version="1.0" encoding="gbk"?><DOCUMENT><item><display><title><![CDATA[${title}]]></title><url><![CDATA[http://mp.weixin.qq.com/s?src=3&timestamp=${Date.now()}&id=${post.id}]]></url><sourcename><![CDATA[${post.author.name}]]></sourcename><openid><![CDATA[${openIdOf(post)}]]></openid><content168><![CDATA[${escaped(post.text)}]]></content168><lastModified>${Math.floor(post.postedAt.getTime() / 1000)}</lastModified><imglink><![CDATA[http://img01.sogoucdn.com/sample.jpg]]></imglink><rank read="${reads}"/></display></item></DOCUMENT>`;
}

function openIdOf({ author }: Post): string {
  return `oIWsFt${String(author.number).padStart(22, '0')}`;
}
