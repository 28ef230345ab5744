import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Document, Operation } from './document.ts';
import type { Request } from './requests.ts';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Says what is wrong with an answer; `undefined` for one that is as documented. */
export type Judge = (operation: Operation, request: Request, answer: Answer) => string | undefined;

/** What tells a stranger, in a refusal, how it is made inside. */
const revealing = /\b(select|insert) .*\b(from|into)\b|\brelation "|\bkysely\b|node_modules|\.(ts|mjs|js):\d|\n\s+at /i;

// The gateway's own answers: to what is no route of it, or no request of HTTP. What is no route below /api/v1 is told in
// the words of the tasks.
const gatewayStatuses = [400, 404, 413, 414, 431];
const gatewayWords = /"message":|"code":404,/;

/** Judges answers by a document: status, content type, body, the request's id, and that nothing inside shows. */
export function judgeBy(document: Document): Judge {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map<unknown, ValidateFunction>();
  const validatorOf = (schema: unknown) => {
    const known = compiled.get(schema) ?? ajv.compile(localReferences(schema) as object);
    compiled.set(schema, known);
    return known;
  };
  return (operation, request, answer) => {
    const { status, headers, text } = answer;
    if (status >= 500 && !tellsOfOthers(status, text)) return `${status}: ${text.slice(0, 500)}`;
    if (status >= 400 && revealing.test(text)) return `shows what is inside: ${text.slice(0, 500)}`;
    if (!request.routable && gatewayStatuses.includes(status) && gatewayWords.test(text)) return undefined;
    if (headers['x-request-id'] === undefined) return `${status} without x-request-id: ${text.slice(0, 300)}`;
    const documented =
      operation.answers[status] ?? operation.answers[`${String(status)[0]}XX`] ?? operation.answers.default;
    if (!documented) return `${status} is not documented: ${text.slice(0, 300)}`;
    const type = String(headers['content-type']).split(';')[0] ?? '';
    const schema = documented[type] ?? documented[`${type.split('/')[0]}/*`] ?? documented['*/*'];
    if (schema === undefined) return `${status} is ${type}, documented are ${Object.keys(documented).join() || 'none'}`;
    if (!/[/+]json$/.test(type)) return undefined;
    const validate = validatorOf(schema);
    if (validate(parsed(text))) return undefined;
    const found = (validate.errors ?? []).map(({ params }) => JSON.stringify(params)).join();
    return `${status} is not as documented: ${ajv.errorsText(validate.errors)} ${found} in ${text.slice(0, 500)}`;
  };
}

/** What health answers when something that the stack depends on is slow or away, which a busy machine's may be. */
function tellsOfOthers(status: number, text: string): boolean {
  return status === 503 && (parsed(text) as { status?: unknown } | undefined)?.status === 'failing';
}

/** The same schema, with references into the document that ajv knows by its name. */
function localReferences(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"api#/'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
