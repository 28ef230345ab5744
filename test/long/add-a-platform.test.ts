import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { briefs } from '../../lib/settings/briefs.ts';
import { keptToken } from '../../local/callers/console-token.ts';
import { type BriefsClient, briefsClient, type Viewed } from '../support/briefs-client.ts';
import { copyCheckout } from '../support/copied-checkout.ts';
import { askConsole, project, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** What docs/how-to/add-a-platform.md says, done in a copy of the project, and then a brief that searches the new platform. */

const undo: (() => Promise<unknown>)[] = [];
const asked: string[] = [];
let stack: StackProcess;
let client: BriefsClient;

/** Two pages, with an advertisement on the first one and a post that both have. */
const pages = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  asked.push(url.searchParams.get('q') ?? '');
  const first = url.searchParams.get('offset') === '0';
  const post = (id: number) => ({
    type: 'search_result',
    object: {
      id: String(id),
      question: { name: `<em>新</em>问题 ${id}` },
      content: `<p>回答 ${id}</p>`,
      created_time: 1_700_000_000 + id,
      voteup_count: id === 1 ? '1.2万' : id,
      comment_count: 3,
      author: { id: 'u1', name: '小梅', follower_count: 1_000_000 },
    },
  });
  const data = first ? [post(1), { type: 'search_ad' }, post(2)] : [post(2), post(3)];
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data, paging: { is_end: !first } }));
});

/** The file and the line. */
function addPlatform(checkout: string): void {
  const howTo = readFileSync(path.join(project, 'docs/how-to/add-a-platform.md'), 'utf8');
  const [code = ''] = [...howTo.matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => text);
  writeFileSync(path.join(checkout, 'lambdas/briefs/platforms/zhihu.ts'), code);
  const change = (file: string, from: RegExp, to: string) => {
    const text = readFileSync(path.join(checkout, file), 'utf8');
    expect(text, file).toMatch(from);
    writeFileSync(path.join(checkout, file), text.replace(from, to));
  };
  change('lambdas/briefs/platforms/registry.ts', /^/, "import { zhihu } from './zhihu.ts';\n");
  change('lambdas/briefs/platforms/registry.ts', /\] as const/, ', zhihu] as const');
}

beforeAll(async () => {
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  undo.push(async () => pages.close());
  const checkout = await copyCheckout();
  undo.push(() => checkout.forget());
  addPlatform(checkout.directory);
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-platform-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  const { platforms } = briefs.parse({});
  const zhihu = {
    ...platforms.weibo,
    baseUrl: `http://127.0.0.1:${(pages.address() as AddressInfo).port}`,
    requestsPerSecond: 100,
    enrich: false,
  };
  const BRIEFS_PLATFORMS = JSON.stringify({ ...platforms, zhihu });
  stack = await startStackProcess(directory, { BRIEFS_PLATFORMS }, { checkout: checkout.directory });
  undo.push(() => stack.interrupt());
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const token = await keptToken(directory);
  client = briefsClient({
    async api(route, init) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${api}${route}`, { ...init, headers });
      return { status: response.status, body: await response.json() };
    },
  });
}, 15 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

test('a platform is one file and one line, and then briefs search it', async () => {
  const entry = { platform: '6', keywords: '新词', limitnum: 40, starttime: 20200101, endtime: 20301231 };
  const brief: Viewed = await client.toEnd(await client.submit('第六个平台', [entry]));
  const stage_uuid = brief.data[0]?.stageUuid ?? '';
  const listed = await client.ask<{ data: { data: Record<string, unknown>[]; totalNum: number } }>(
    '/job/view_article_list',
    {
      stage_uuid,
      platform: 6,
      sort_value: 4,
    },
  );

  expect(brief.state).toBe('finished');
  expect(asked).toEqual(['新词', '新词']);
  expect(listed.data.totalNum).toBe(3);
  expect(listed.data.data[0]).toMatchObject({
    article_url: 'https://www.zhihu.com/answer/1',
    content: '回答 1',
    all_like: 12_000,
    fans_num: 1_000_000,
  });
  const zip = await fetch(`${stack.url}/buckets/millrace-raw-bucket/briefs/${stage_uuid}.zip`);
  expect(zip.status).toBe(200);
});
