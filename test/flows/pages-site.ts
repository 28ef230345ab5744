import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of this machine whose pages are good or fail in each way. */
export interface PagesSite {
  readonly url: string;
  /** `127.0.0.1:port`, for PAGE_ALLOWED. */
  readonly host: string;
  /** The paths asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const article = (
  sentence: string,
) => `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>试航</title></head>
<body><nav><a href="/">首页</a><a href="/more">更多</a></nav><article><h1>试航</h1>
${`<p>${sentence}</p>`.repeat(5)}</article><footer>版权所有</footer></body></html>`;

/** The sentence that every good page has five times. */
export const sentence =
  '北湾渡轮公司星期一把第三艘电动渡轮投入营运，新船长三十八米，载客两百六十人，充一次电可以来回十二趟。';

/** Words that no compression makes smaller than three quarters of their bytes. */
export function incompressible(bytes: number): string {
  const words = randomBytes(bytes).toString('base64').match(/.{40}/g) ?? [];
  return words.join(' ').slice(0, bytes);
}

const html = { 'content-type': 'text/html; charset=utf-8' };

const article5 = `<article>${`<p>${sentence}</p>`.repeat(5)}</article>`;

/** Pages that were made to stop whoever reads them; each has the sentence all the same. */
export const hostilePages: Readonly<Record<string, readonly [type: string, html: string]>> = {
  'charset-header': ['text/html; charset=hz-gb-2312', article5],
  'charset-meta': ['text/html', `<meta charset="iso-2022-cn">${article5}`],
  comments: [html['content-type'], `${'<!---->'.repeat(130_000)}${article5}`],
  pictures: [html['content-type'], `${'<img src="a.png">'.repeat(50_000)}${article5}`],
  divisions: [html['content-type'], `${`${'<div>'.repeat(200)}x${'</div>'.repeat(200)}`.repeat(80)}${article5}`],
  unclosed: [html['content-type'], `${'<p><b>x'.repeat(300)}${article5}`],
  wechat: [
    html['content-type'],
    `<html><body><div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">${article5}</div></body></html>`,
  ],
};

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  slow: () => {
    // Never answered: whoever asks gives up.
  },
  missing: (response) => response.writeHead(404, html).end(article('404')),
  binary: (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(100, 7)),
  // 1.5 MB.
  large: (response) => response.writeHead(200, html).end(article(sentence.repeat(2000))),
  empty: (response) => response.writeHead(200, html).end('<html><head><script>1</script></head><body> </body></html>'),
  random: (response) => response.writeHead(200, html).end(`<p>${sentence}</p><p>${incompressible(700_000)}</p>`),
  upgrade: (response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  },
  liar: (response) => response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(article(sentence)),
  inward: (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
};

/** Starts it; any path but those that fail is a good page. */
export async function startPagesSite(): Promise<PagesSite> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1).split('?')[0] ?? '';
    asked.push(request.url ?? '/');
    const answer = answers[name];
    const hostile = hostilePages[name];
    if (answer) answer(response);
    else if (hostile) response.writeHead(200, { 'content-type': hostile[0] }).end(hostile[1]);
    else response.writeHead(200, html).end(article(sentence));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
