import { expect } from 'vitest';

type Told = readonly [
  status: number,
  body: { readonly err_code: number; readonly err_msg: string; readonly data: Data },
];
type Data = ReturnType<typeof JSON.parse>;
type Opened = readonly [status: number, type: string, begin: string, redirects: number];

/** What test/fixtures/clients/briefs_client.py prints. */
export interface OldClient {
  readonly submitted: Told;
  readonly viewed: Told;
  readonly searched: Told;
  readonly progress: Told;
  readonly articles: Readonly<Record<'2' | '3', Told>>;
  readonly all_articles: Told;
  readonly accounts: Told;
  readonly download: Opened;
  readonly images: readonly Opened[];
  readonly zip: Told;
  readonly codes: readonly Told[];
  readonly unknown: Told;
  readonly wrong: Told;
  readonly missing: Told;
  readonly estimated: Told;
  readonly stranger: Told;
  readonly deleted: Told;
  readonly gone: number;
}

/** What the front end is told from a brief's beginning to its end. */
export function expectOldClient(told: OldClient): void {
  const good = { err_code: 0, err_msg: 'success.' };
  const uuid = told.submitted[1].data.jobUuid;
  expect(told.submitted).toMatchObject([200, { ...good, data: { jobName: '娇韵诗 + 关键词', remarks: 'a&b=c' } }]);
  expect(told.viewed).toMatchObject([200, { ...good, data: { jobUuid: uuid, jobStatus: '已完成' } }]);
  const [stage] = told.viewed[1].data.data;
  expect(stage).toMatchObject({ stageStatus: '已完成', platforms: '微博; 小红书', keywords: '精华水、抗老' });
  expect(told.searched[1].data).toMatchObject({
    jobList: [{ jobUuid: uuid, CreateUserName: '汪小姐' }],
    totalItems: 1,
  });
  const [weibo, redbook] = stage.data_list;
  expectLists(told, { weibo: weibo.article_sum_num, redbook: redbook.article_sum_num });
  const { stored, pages_done, pages_all, state } = told.progress[1].data;
  expect([stored, pages_done, state]).toEqual([weibo.article_sum_num + redbook.article_sum_num, pages_all, 'finished']);

  // One redirect, to the bucket; a zip begins with PK, a picture with its own name.
  expect(told.download).toEqual([200, 'application/zip', '504b0304', 1]);
  expect(told.images.length).toBeGreaterThan(0);
  for (const image of told.images) expect(image).toEqual([200, 'image/png', '89504e47', 0]);
  expect(told.zip).toMatchObject([200, { ...good, data: { stageUuids: [stage.stageUuid] } }]);
  expectCodes(told);
  expect(told.deleted).toMatchObject([200, { ...good, data: { jobUuid: uuid } }]);
  expect(told.gone).toBe(404);
}

function expectLists(
  { articles, all_articles, accounts }: OldClient,
  count: Record<'weibo' | 'redbook', number>,
): void {
  expect(articles['2'][1].data.data).toMatchObject({ pageSize: 2, totalNum: count.weibo });
  expect(articles['3'][1].data.data).toMatchObject({ pageSize: 2, totalNum: count.redbook });
  expect(articles['3'][1].data.data.data).toHaveLength(5);
  const likes = articles['3'][1].data.data.data.map((each: Data) => each.note_like_num);
  expect(likes).toEqual(likes.toSorted((one: number, other: number) => other - one));
  const all = all_articles[1].data.data.data;
  expect(all).toHaveLength(count.redbook);
  const users = accounts[1].data.data.data;
  expect(users.length).toBeGreaterThan(0);
  for (const { userName, sumNum, sumLike, articleList } of users) {
    const own = all.filter((each: Data) => each.user_name === userName);
    expect([userName, sumNum, articleList.length]).toEqual([userName, own.length, own.length]);
    expect(sumLike).toBe(own.reduce((sum: number, each: Data) => sum + (each.note_like_num ?? 0), 0));
  }
}

function expectCodes({ codes, unknown, wrong, missing, estimated, stranger }: OldClient): void {
  const told = codes.map(([status, { err_code, err_msg }]) => [status, err_code, err_msg]);
  expect(told).toEqual(
    [2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010].map((code) => [200, code, 'task submit failed.']),
  );
  for (const [, { data }] of codes) expect(data).toMatch(/[\u4e00-\u9fff]/);
  for (const [[status, { err_code, err_msg }], expected] of [
    [unknown, 404],
    [wrong, 400],
    [missing, 400],
    [stranger, 401],
  ] as const)
    expect([status, err_code, err_msg]).toEqual([expected, expected, 'task submit failed.']);
  expect(Object.keys(estimated[1].data)).toEqual(['estimate']);
}
