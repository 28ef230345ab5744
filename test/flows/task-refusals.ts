const wordCount = 'tasks.general.example:word_count';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

const unknown = '00000000-0000-4000-8000-000000000000';
const submitted = '/tasks/submit';

type Refusal = [code: number, status: number, data: string, route: string, init?: RequestInit];

/** What each code is called: the words of the specification, which callers show to people. */
export const messages: Readonly<Record<number, string>> = {
  404: '资源未找到',
  405: '不支持的请求',
  413: '请求过大',
  2000: '字段缺失',
  2001: '字段类型错误',
  2002: '参数解析错误',
  3000: '函数不存在',
  3001: '非法函数',
  3002: '函数名错误',
  3003: '函数参数错误',
  4000: '任务不存在',
};

const url = 'http://example.com/';

/** What callers do wrong: the code and the status they are told, part of the answer's data, and the request. */
export const refusals: Refusal[] = [
  [2000, 422, 'Field "name" is missing', submitted, post({})],
  [2001, 422, 'Field "name" should be string.', submitted, post({ name: 7 })],
  [2001, 422, 'Field "args" should be list.', submitted, post({ name: wordCount, args: '{}' })],
  [2001, 422, 'Field "args" should be list.', submitted, post({ name: wordCount, args: {} })],
  [2001, 422, 'Field "kwargs" should be object.', submitted, post({ name: wordCount, kwargs: [] })],
  [2001, 422, 'Field "desc": Not a valid string.', submitted, post({ name: wordCount, args: [''], desc: '\0' })],
  ...[`${url}\0`, `${url}\ud800`, 'http://mei:pw@example.com/', 'ftp://example.com/', 'here'].map(
    (callback_url): Refusal => [
      2001,
      422,
      'Field "callback_url": Not a valid URL.',
      submitted,
      post({ name: wordCount, args: [''], callback_url }),
    ],
  ),
  [2001, 422, 'Field "name": Not a valid string.', '/tasks/list?name=%00'],
  [2001, 422, 'Field "username": Not a valid string.', '/tasks/list?username=%00'],
  [2001, 422, 'Field "status": ', '/tasks/list?status=DONE'],
  [2001, 422, 'Field "per_page": ', '/tasks/list?per_page=101'],
  [2001, 422, 'Field "page" should be integer.', '/tasks/list?page=first'],
  [2002, 422, 'Field "args" is not JSON.', submitted, post({ name: wordCount, args: '[' })],
  [2002, 422, 'Field "body" is not JSON.', submitted, { method: 'POST', body: '{' }],
  [3000, 404, 'There is no function a.b:c', submitted, post({ name: 'a.b:c' })],
  [3001, 403, 'is not published', submitted, post({ name: 'tasks.general.example:recent_tasks' })],
  [3002, 422, 'is not of the form module:name', submitted, post({ name: 'word_count' })],
  [3003, 422, 'Field "content" is missing', submitted, post({ name: wordCount })],
  [3003, 422, 'Field "content" should be string.', submitted, post({ name: wordCount, args: [1] })],
  [
    3003,
    422,
    'Field "content" is given twice',
    submitted,
    post({ name: wordCount, args: [''], kwargs: { content: '' } }),
  ],
  [3003, 422, 'Field "text" is unknown', submitted, post({ name: wordCount, kwargs: { text: '' } })],
  [4000, 404, 'There is no task', `/task/${unknown}/info`],
  [4000, 404, 'There is no task', '/task/nonsense/result'],
  [4000, 404, 'There is no task', `/task/${unknown}/terminate`, { method: 'POST' }],
  [413, 413, 'at most 262144', submitted, post({ name: wordCount, args: ['x'.repeat(262_144)] })],
  [404, 404, 'There is no /api/v1/nothing', '/nothing'],
  [405, 405, 'there is POST', '/tasks/submit'],
];
