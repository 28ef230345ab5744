import { type Code, CodedError as KitCodedError } from '#kit/api/coded-envelope.ts';

/** The codes of answers below /api/v1, with what callers of old know them by. */
export const codes = {
  SUCCESS: { code: 0, msg: 'OK', status: 200 },
  UNAUTHORIZED: { code: 401, msg: '未认证', status: 401 },
  PERMISSION_DENIED: { code: 403, msg: '权限不足', status: 403 },
  NOT_FOUND: { code: 404, msg: '资源未找到', status: 404 },
  METHOD_NOT_ALLOWED: { code: 405, msg: '不支持的请求', status: 405 },
  CONFLICT: { code: 409, msg: '请求冲突', status: 409 },
  TOO_LARGE: { code: 413, msg: '请求过大', status: 413 },
  THROTTLED: { code: 429, msg: '请求过于频繁', status: 429 },
  UNKNOWN_ERROR: { code: 500, msg: '未知错误', status: 500 },
  UNAVAILABLE: { code: 503, msg: '服务暂不可用', status: 503 },
  FIELD_MISSING: { code: 2000, msg: '字段缺失', status: 422 },
  WRONG_FIELD_TYPE: { code: 2001, msg: '字段类型错误', status: 422 },
  BAD_ARGUMENTS: { code: 2002, msg: '参数解析错误', status: 422 },
  REQUEST_EXPIRED: { code: 2100, msg: '请求已过期。', status: 422 },
  FUNC_NOT_FOUND: { code: 3000, msg: '函数不存在', status: 404 },
  ILLEGAL_FUNC: { code: 3001, msg: '非法函数', status: 403 },
  BAD_FUNC_NAME: { code: 3002, msg: '函数名错误', status: 422 },
  BAD_FUNC_PARAM: { code: 3003, msg: '函数参数错误', status: 422 },
  TASK_NOT_FOUND: { code: 4000, msg: '任务不存在', status: 404 },
} as const satisfies Readonly<Record<string, Code>>;

export type CodeName = keyof typeof codes;

/** An answer by its code; `detail` is the second line of its msg. */
export class CodedError extends KitCodedError<CodeName> {}
