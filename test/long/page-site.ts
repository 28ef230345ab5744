import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A host of this machine whose pages are good, each with words of its own, or fail in one way each. */
export interface PageSite {
  /** `127.0.0.1:port`, for PAGE_ALLOWED. */
  readonly host: string;
  stop(): Promise<void>;
}

/** What a page with this path says five times. */
export const sentenceOf = (path: string) =>
  `北湾渡轮公司星期一把第三艘电动渡轮投入营运，新船长三十八米，载客两百六十人，船名叫作${path.replaceAll(/\W/g, '')}。`;

const article = (sentence: string) => `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">
<title>试航</title></head><body><nav><a href="/">首页</a><a href="/more">更多</a></nav><article><h1>试航</h1>
${`<p>${sentence}</p>`.repeat(5)}</article><footer>版权所有</footer></body></html>`;

const html = { 'content-type': 'text/html; charset=utf-8' };

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  slow: () => {
    // Never answered: whoever asks gives up.
  },
  missing: (response) => response.writeHead(404, html).end(article('404')),
  broken: (response) => response.writeHead(500, html).end(article('500')),
  cut: (response) => response.destroy(),
  binary: (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(100, 7)),
  large: (response) => response.writeHead(200, html).end(article('长'.repeat(200_000))),
  garbled: (response) => response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end('no gzip at all'),
  empty: (response) => response.writeHead(200, html).end('<html><head><script>1</script></head><body> </body></html>'),
  inward: (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  round: (response) => response.writeHead(302, { location: '/round' }).end(),
};

/** A page that can't be had: under which URL, and what the tagger must say of it. */
interface BadPage {
  readonly fault: string;
  readonly url: (host: string) => string;
}

/** Each way of spec/tagger.md, and those that its readers of pages know beside them. */
export const badPages: readonly BadPage[] = [
  { fault: 'Timeout', url: (host) => `http://${host}/slow` },
  // Nobody listens at the first of the ports that only root may take.
  { fault: 'ConnectionRefused', url: () => `http://${refusing}/` },
  { fault: 'DnsError', url: () => 'http://nobody.invalid/' },
  { fault: 'HttpError', url: (host) => `http://${host}/missing` },
  { fault: 'HttpError', url: (host) => `http://${host}/broken` },
  { fault: 'NotText', url: (host) => `http://${host}/binary` },
  { fault: 'TooLarge', url: (host) => `http://${host}/large` },
  { fault: 'ForbiddenAddress', url: () => 'http://169.254.169.254/latest/meta-data/' },
  { fault: 'ForbiddenAddress', url: (host) => `http://${host}/inward` },
  { fault: 'EmptyPage', url: (host) => `http://${host}/empty` },
  { fault: 'TooManyRedirects', url: (host) => `http://${host}/round` },
  { fault: 'NetworkError', url: (host) => `http://${host}/cut` },
  { fault: 'BadEncoding', url: (host) => `http://${host}/garbled` },
  { fault: 'InvalidUrl', url: (host) => `ftp://${host}/file` },
  { fault: 'InvalidUrl', url: (host) => `http://user:secret@${host}/` },
];

/** May be asked and refuses. */
export const refusing = '127.0.0.1:1';

/** Starts one; any path but those that fail is a good page. */
export async function startPageSite(): Promise<PageSite> {
  const server = createServer(({ url = '/' }, response) => {
    const answer = answers[url.slice(1)];
    if (answer) answer(response);
    else response.writeHead(200, html).end(article(sentenceOf(url)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
