const wordCount = 'tasks.general.example:word_count';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

const unknown = '00000000-0000-4000-8000-000000000000';
const submitted = '/tasks/submit';

/** What callers do wrong: the code and the status they are told, part of the answer's data, and the request. */
export const refusals: [number, number, string, string, RequestInit?][] = [
  [2000, 422, 'Field "name" is missing', submitted, post({})],
  [2001, 422, 'Field "name" should be string.', submitted, post({ name: 7 })],
  [2001, 422, 'Field "args" should be list.', submitted, post({ name: wordCount, args: '{}' })],
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
  [404, 404, 'There is no /api/v1/nothing', '/nothing'],
  [405, 405, 'there is POST', '/tasks/submit'],
];
