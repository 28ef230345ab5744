import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, textAnswer } from '../answers.ts';
import type { Delivery } from '../broken-answers.ts';
import type { PlatformFault, SiteName } from './faults.ts';
import { html, json } from './platform-site.ts';

/** The answer a fault makes of a request, and how it is delivered. */
export async function brokenPlatformAnswer(
  fault: PlatformFault,
  site: SiteName,
  unbroken: () => Answer,
): Promise<{ readonly answer: Answer; readonly delivery: Delivery }> {
  switch (fault.kind) {
    case 'reset':
      return { answer: unbroken(), delivery: { how: 'reset' } };
    case 'cut':
      return { answer: unbroken(), delivery: { how: 'half', declareWhole: true } };
    case 'late':
      await pause(fault.milliseconds);
      return whole(unbroken());
    case 'half':
      return whole(await changed(unbroken(), (body) => body.slice(0, Math.floor(body.length / 2))));
    case 'unreadable-times':
      return whole(await changed(unbroken(), withoutTimes));
    default:
      return whole(refusal(fault, site));
  }
}

function whole(answer: Answer): { readonly answer: Answer; readonly delivery: Delivery } {
  return { answer, delivery: { how: 'whole' } };
}

async function changed(answer: Answer, change: (body: string) => string): Promise<Answer> {
  const type = answer.headers['content-type'] ?? '';
  return textAnswer(answer.status, type, change(await text(answer.read())));
}

/** In every platform's shape: what stood for a time is a word, and a note's id no second. */
function withoutTimes(body: string): string {
  return body
    .replaceAll(
      /"(created_at|publish_time|pubdate|create_time|timestamp|update_time|time)":("[^"]*"|\d+)/g,
      '"$1":"很久以前"',
    )
    .replaceAll(/\bt="\d+"/g, 't="很久以前"')
    .replaceAll(/timeConvert\('\d+'\)/g, "timeConvert('')");
}

type Refusal = Extract<
  PlatformFault,
  { kind: 'status' | 'login-wall' | 'captcha' | 'throttled' | 'no-balance' | 'unknown-shape' | 'nothing-found' }
>;

/** How each platform says no, as far as it does: the paid interface by statuses, the others by words of their own. */
function refusal(fault: Refusal, site: SiteName): Answer {
  switch (fault.kind) {
    case 'status':
      return html(`<html><body><h1>${fault.status}</h1></body></html>`, fault.status);
    case 'login-wall':
      return loginWall(site);
    case 'captcha':
      return captcha(site);
    case 'throttled':
      return site === 'bili'
        ? json({ code: -799, message: '请求过于频繁，请稍后再试', ttl: 1 })
        : gatewayError(429, 'Too many requests');
    case 'no-balance':
      return gatewayError(402, 'Insufficient balance');
    case 'unknown-shape':
      return json({ version: 3, payload: [] });
    case 'nothing-found':
      return nothing(site);
  }
}

function loginWall(site: SiteName): Answer {
  if (site === 'weibo')
    return json({ ok: -100, url: 'https://passport.weibo.com/sso/signin', errno: '100005', msg: '请求过于频繁' });
  if (site === 'bili') return json({ code: -101, message: '账号未登录', ttl: 1 });
  if (site === 'gateway') return gatewayError(401, 'Invalid token');
  return html('<html><body>请先登录</body></html>', 401);
}

function captcha(site: SiteName): Answer {
  if (site === 'weixin')
    return html(
      '<!DOCTYPE html><html><head><title>搜狗搜索</title><script src="static/js/antispider.min.js?v=2"></script></head><body><form name="authform" id="seccodeForm" method="POST"><p>请输入验证码</p></form></body></html>',
    );
  if (site === 'bili') return json({ code: 0, message: '0', ttl: 1, data: { v_voucher: 'voucher_sample' } });
  if (site === 'weibo') return html('<html><body>访问受限</body></html>', 403);
  return gatewayError(403, 'Forbidden');
}

function nothing(site: SiteName): Answer {
  if (site === 'weibo') return json({ ok: 0, msg: '这里还没有内容', data: { cards: [] } });
  if (site === 'bili') return json({ code: 0, message: '0', ttl: 1, data: { page: 1, numResults: 0, numPages: 0 } });
  if (site === 'weixin')
    return html('<html><body><div id="noresult_part1_container">没有找到相关的微信公众号文章</div></body></html>');
  return json({
    code: 200,
    data: {
      code: 0,
      items: [],
      aweme_list: [],
      parsed_data: { results: [] },
      data: { page: 1, numResults: 0, numPages: 0 },
    },
  });
}

function gatewayError(status: number, message: string): Answer {
  return json({ detail: { code: status, message, request_id: 'sample' } }, status);
}
