import { expect } from 'vitest';
import type { Row, Told } from '../support/tasks-client.ts';

const wordCount = 'tasks.general.example:word_count';

type Printed<T = Row> = readonly [status: number, body: Told<T>, total: string | null];

/** What test/fixtures/clients/tasks_client.py prints. */
export interface Life {
  readonly functions: Printed<readonly Row[]>;
  readonly func_id: number;
  readonly submitted: readonly Printed[];
  readonly listed: Printed<readonly Row[]>;
  readonly statuses: readonly string[][];
  readonly results: readonly Printed[];
  readonly terminated: Printed;
  readonly revoked: readonly string[];
  readonly again: Printed;
  readonly again_statuses: readonly string[];
  readonly pages: readonly (readonly Row[])[];
  readonly clamped: readonly Printed<readonly Row[]>[];
  readonly unknown: Printed;
  readonly no_function: Printed;
  readonly bad_args: Printed;
  readonly bad_param: Printed;
  readonly of_another: Printed;
}

const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** What an existing client is told when it goes through the whole life of tasks. */
export function expectWholeLife(told: Life, username: string, style: string): void {
  expect(told.functions).toMatchObject([200, { code: 0, msg: 'OK' }, String(told.functions[1].data.length)]);
  expect(told.functions[1].data.find(({ id }) => id === told.func_id)).toMatchObject({
    name: wordCount,
    desc: 'Counts the words of a text.',
    pub_date: expect.stringMatching(httpDate),
  });
  for (const [status, { code, data }] of told.submitted) {
    expect([status, code]).toEqual([200, 0]);
    expect(data).toMatchObject({ id: expect.any(Number), username: username, func_id: told.func_id });
    expect(data).toMatchObject({ desc: `第一个 + ${style}`, status: 'PENDING', visibility: 'owner' });
    expect(data.create_date).toMatch(httpDate);
    expect(Math.floor(Date.parse(String(data.created_at)) / 1000)).toBe(Date.parse(String(data.create_date)) / 1000);
  }
  expect(told.submitted.map(([, { data }]) => [data.args, data.kwargs])).toEqual([
    [['a b a'], {}],
    [['a b a'], {}],
    [['a b a'], {}],
    [[], { content: 'a\nb\ta' }],
  ]);
  const ids = told.submitted.map(([, { data }]) => data.task_id);
  expect(told.listed[1].data.map(({ task_id }) => task_id)).toEqual(ids.toReversed());
  expect(told.listed[2]).toBe('4');
  for (const statuses of told.statuses) expect(statuses.at(-1)).toBe('SUCCESS');
  for (const [, { data }] of told.results)
    expect(data).toMatchObject({ status: 'SUCCESS', result: { a: 2, b: 1 }, traceback: null });

  expect(told.terminated).toMatchObject([200, { code: 0, data: { terminate_at: expect.any(String) } }, null]);
  expect(told.revoked.at(-1)).toBe('REVOKED');
  expect(told.again).toMatchObject([200, { data: { retry_of: told.terminated[1].data.task_id } }, null]);
  expect(told.again_statuses.at(-1)).toBe('SUCCESS');
  expect(told.pages.map((page) => page.length)).toEqual([2, 2, 0]);
  expect(told.pages.flat().map(({ task_id }) => task_id)).toEqual(ids.toReversed());
  // Three of six; one where per_page is below 1; all of them of a page that is longer; none after the last.
  expect(told.clamped.map(([status, { data }]) => [status, data.length])).toEqual(
    [3, 3, 3, 1, 1, 1, 6, 0].map((length) => [200, length]),
  );

  for (const [[status, { code, msg, data }], ...expected] of [
    [told.unknown, 404, 4000, '任务不存在\nThere is no task 00000000-0000-0000-0000-000000000000'],
    [told.no_function, 404, 3000, '函数不存在\nThere is no function tasks.general.example:nothing'],
    [told.bad_args, 422, 2002, '参数解析错误\nField "args" is not JSON.'],
    [told.bad_param, 422, 3003, '函数参数错误\nField "content" is missing'],
    [told.of_another, 403, 403, '权限不足\nOnly an admin submits for another user.'],
  ] as const)
    expect([status, code, msg, JSON.stringify(data)]).toEqual([...expected, '{}']);
}
