const wordCount = 'tasks.general.example:word_count';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

const unknown = '00000000-0000-4000-8000-000000000000';
const submitted = '/tasks/submit';

type Refusal = [code: number, status: number, detail: string, route: string, init?: RequestInit];

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

function form(type: string, body: string, code: number, detail: string): Refusal[] {
  return [[code, 422, detail, submitted, { method: 'POST', body, headers: { 'content-type': type } }]];
}

/** What callers do wrong: the code and the status they are told, part of the detail, and the request. */
export const refusals: Refusal[] = [
  [2000, 422, 'Field "name" is missing', submitted, post({})],
  [2001, 422, 'Field "name" should be string.', submitted, post({ name: 7 })],
  [2001, 422, 'Field "args" should be list.', submitted, post({ name: wordCount, args: '{}' })],
  [2001, 422, 'Field "args" should be list.', submitted, post({ name: wordCount, args: {} })],
  [2001, 422, 'Field "kwargs" should be object.', submitted, post({ name: wordCount, kwargs: [] })],
  [2001, 422, 'Field "desc": Not a valid string.', submitted, post({ name: wordCount, args: [''], desc: '\0' })],
  ...['desc', 'idempotency_key', 'callback_url'].map((field): Refusal => {
    const half = { name: wordCount, args: [''], [field]: `${url}\ud800` };
    return [2001, 422, `Field "${field}": Not a valid string.`, submitted, post(half)];
  }),
  ...[`${url}\0`, 'http://mei:pw@example.com/', 'ftp://example.com/', 'here'].map(
    (callback_url): Refusal => [
      2001,
      422,
      'Field "callback_url": Not a valid URL.',
      submitted,
      post({ name: wordCount, args: [''], callback_url }),
    ],
  ),
  ...['http://169.254.169.254/latest', 'http://localhost/', 'http://[::1]:1/', 'http://0x0a.1/'].map(
    (callback_url): Refusal => [
      2001,
      422,
      'Field "callback_url" should be a public address.',
      submitted,
      post({ name: wordCount, args: [''], callback_url }),
    ],
  ),
  [2001, 422, 'Field "name": Not a valid string.', '/tasks/list?name=%00'],
  [2001, 422, 'Field "username": Not a valid string.', '/tasks/list?username=%00'],
  [2001, 422, 'Field "status": ', '/tasks/list?status=DONE'],
  [2001, 422, 'Field "page" should be integer.', '/tasks/list?page=first'],
  [2001, 422, 'Field "per_page" should be integer.', '/tasks/list?per_page=1.5'],
  [2001, 422, 'Field "page" should be integer.', '/task_funcs/list?page=1&page=2'],
  [2001, 422, 'Field "username" should be string.', submitted, post({ name: wordCount, username: 7 })],
  [2001, 422, 'Field "username": Not a valid string.', submitted, post({ name: wordCount, username: '\0' })],
  [2001, 422, 'Field "visibility": ', submitted, post({ name: wordCount, visibility: 'nobody' })],
  [2001, 422, 'Field "body" should be object.', submitted, post([wordCount])],
  [2001, 422, 'Field "body" should be object.', submitted, post(null)],
  [2002, 422, 'Field "args" is not JSON.', submitted, post({ name: wordCount, args: '[' })],
  [2002, 422, 'Field "body" is not JSON.', submitted, { method: 'POST', body: '{' }],
  [2002, 422, 'Field "body" is not JSON.', submitted, { method: 'POST', body: '' }],
  [2002, 422, 'Field "body" is not JSON.', submitted, { method: 'POST', body: '['.repeat(100_000) }],
  [2002, 422, 'Field "args" is not JSON.', submitted, post({ name: wordCount, args: '['.repeat(100_000) })],
  [2002, 422, 'Field "args" is not JSON.', submitted, post({ name: wordCount, args: '' })],
  ...form('text/plain', 'name=a', 2002, 'Field "body" is not JSON.'),
  ...form('multipart/form-data; boundary=X', '--X\r\n', 2002, 'not a multi-part form'),
  ...form('multipart/form-data', '--X--', 2002, 'not a multi-part form'),
  ...form('application/x-www-form-urlencoded', 'args=[', 2000, 'Field "name" is missing'),
  ...form('application/x-www-form-urlencoded', '', 2000, 'Field "name" is missing'),
  ...form('application/x-www-form-urlencoded', 'name=', 2000, 'Field "name" is missing'),
  ...form('application/x-www-form-urlencoded', `name=${wordCount}&args=[`, 2002, 'Field "args" is not JSON.'),
  ...form('application/x-www-form-urlencoded', `name=${wordCount}&args=1&args=2`, 2001, 'Field "args" should be list.'),
  ...form('application/x-www-form-urlencoded', `name=${wordCount}&args[]=1`, 3003, 'Field "content" is missing'),
  [3000, 404, 'There is no function a.b:c', submitted, post({ name: 'a.b:c' })],
  [3001, 403, 'is not published', submitted, post({ name: 'tasks.general.example:recent_tasks' })],
  ...['word_count', '', '船:船', `${wordCount}\0`, `${wordCount}\n`, ` ${wordCount}`, 'a:b:c', '__proto__'].map(
    (name): Refusal => [3002, 422, 'is not of the form module:name', submitted, post({ name })],
  ),
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
  // As Flask has it: a path with a slash more is another path.
  [404, 404, 'There is no /api/v1/tasks/list/', '/tasks/list/'],
  [404, 404, 'There is no /api/v1/task_funcs/', '/task_funcs/'],
  [405, 405, 'there is POST', '/tasks/submit'],
  [405, 405, 'there is GET', '/tasks/list', { method: 'POST' }],
  [405, 405, 'there is GET', `/task/${unknown}/info`, { method: 'DELETE' }],
];
