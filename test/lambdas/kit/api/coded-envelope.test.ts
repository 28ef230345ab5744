import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Envelope } from '#kit/api/api-response.ts';
import { CodedError, codedEnvelope } from '#kit/api/coded-envelope.ts';
import { integerParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { NotFoundError, TooManyRequestsError, UnauthorizedError } from '#kit/errors.ts';
import { tasksEnvelope } from '../../../../lambdas/tasks/api/envelope.ts';
import { httpRequest, lambdaContext, printed } from '../../../support/lambda.ts';

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Fields by other names, codes of its own at HTTP 200, the detail as data; what has no code has HTTP's. */
const shop = codedEnvelope({
  fields: { code: 'err_code', msg: 'err_msg', data: 'data' },
  success: { code: 0, msg: 'success.' },
  codes: { NAME_TOO_LONG: { code: 2003, msg: 'order failed.', status: 200 } },
  failure: (_code, detail) => ({ msg: 'order failed.', data: detail }),
});

const shape = { summary: 'A route of the test', permission: 'none', answers: {} } as const;
const key = 'GET /orders';

async function answer(envelope: Envelope, outcome: () => unknown, query: Record<string, string> = {}) {
  const routes = {
    [key]: route({
      ...shape,
      query: z.object({ page: integerParameter({ min: 1 }).default(1) }),
      handle: async () => ({ status: 200, body: outcome() }),
    }),
  };
  const spec = { env: z.object({}), authenticate: undefined, services: () => undefined, routes, envelope };
  const event = httpRequest({ routeKey: key, queryStringParameters: query });
  const { statusCode, headers, body } = await apiHandler(spec)(event, lambdaContext());
  return { status: statusCode, retry: headers?.['retry-after'], body: JSON.parse(body ?? '') };
}

const failing = (error: unknown) => () => {
  throw error;
};

test('the same success in the words of two APIs', async () => {
  const made = () => ({ id: 7 });

  expect((await answer(shop, made)).body).toEqual({ err_code: 0, err_msg: 'success.', data: { id: 7 } });
  expect((await answer(tasksEnvelope, made)).body).toEqual({ code: 0, msg: 'OK', data: { id: 7 } });
});

test('what has a content type of its own is in no envelope', () => {
  const picture = { status: 200, headers: { 'content-type': 'image/png' }, body: new Uint8Array([1]) };

  expect(shop.wrap(picture)).toEqual(picture);
  expect(shop.wrap({ status: 200, headers: { 'x-total-count': '1' }, body: [1] }).body).toMatchObject({ data: [1] });
});

test('a code of its own has the HTTP status that the table says', async () => {
  const ofShop = await answer(shop, failing(new CodedError('NAME_TOO_LONG', 'At most 20 characters.')));
  const ofTasks = await answer(tasksEnvelope, failing(new CodedError('FUNC_NOT_FOUND', 'There is none.')));

  expect(ofShop).toMatchObject({
    status: 200,
    body: { err_code: 2003, err_msg: 'order failed.', data: 'At most 20 characters.' },
  });
  expect(ofTasks).toMatchObject({
    status: 404,
    body: { code: 3000, msg: '函数不存在\nThere is none.', data: {} },
  });
});

test.each([
  [new NotFoundError("Order 9 doesn't exist."), 404, "Order 9 doesn't exist.", '资源未找到'],
  [new UnauthorizedError('Wrong user or password.'), 401, 'Wrong user or password.', '未认证'],
  [new TooManyRequestsError('Too many.', 3), 429, 'Too many.', '请求过于频繁'],
])('what the kit finds has a code where the table has one, and HTTP status where not: %s', async (error, ...said) => {
  const [status, detail, msg] = said;
  const [ofShop, ofTasks] = [await answer(shop, failing(error)), await answer(tasksEnvelope, failing(error))];

  expect(ofShop).toMatchObject({ status, body: { err_code: status, err_msg: 'order failed.', data: detail } });
  expect(ofTasks).toMatchObject({ status, body: { code: status, msg: `${msg}\n${detail}`, data: {} } });
  expect([ofShop.retry, ofTasks.retry]).toEqual(status === 429 ? ['3', '3'] : [undefined, undefined]);
});

test('wrong fields are told with their names', async () => {
  const never = () => undefined;

  expect(await answer(shop, never, { page: '0' })).toMatchObject({
    status: 400,
    body: { err_code: 400, data: 'page: Must be greater than or equal to 1.' },
  });
  expect(await answer(tasksEnvelope, never, { page: 'x' })).toMatchObject({
    status: 422,
    body: { code: 2001, msg: '字段类型错误\nField "page" should be integer.' },
  });
});

test('our own fault tells where to look, and nothing of the reason', async () => {
  const broken = failing(new Error('secret'));
  const [ofShop, ofTasks] = [await answer(shop, broken), await answer(tasksEnvelope, broken)];

  expect(ofShop).toMatchObject({
    status: 500,
    body: { err_code: 500, err_msg: 'order failed.', data: 'Request R-1' },
  });
  expect(ofTasks).toMatchObject({
    status: 500,
    body: { code: 500, msg: '未知错误\nRequest R-1', data: { request_id: 'R-1' } },
  });
});
