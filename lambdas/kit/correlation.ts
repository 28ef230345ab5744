import { AsyncLocalStorage } from 'node:async_hooks';
import { parsedJson } from './text/json.ts';

/**
 * One id from the request that began the work to its last write. It travels beside the work, not in its arguments: each
 * door takes it up, log lines show it, and adapters hand it on with messages, executions and objects.
 */
const current = new AsyncLocalStorage<string>();

/** The field of events and executions' inputs, the attribute of messages, and the key in log lines. */
export const correlationField = 'correlation_id';

/** The header of requests and answers. */
export const correlationHeader = 'x-correlation-id';

// What AWS and we make (uuid, API Gateway's request ids, names of executions) and nothing that could break out of a log
// line, a header, an attribute or a mail.
const wellFormed = /^[\w.:=@+/-]{1,128}$/;

/** The id, where it is one that may be passed on; `undefined` for anything else, so that the door makes its own. */
export function wellFormedId(value: unknown): string | undefined {
  return typeof value === 'string' && wellFormed.test(value) ? value : undefined;
}

/** Does the work under that id. */
export function correlated<R>(id: string, work: () => R): R {
  return current.run(id, work);
}

/** The id of the work that is being done; `undefined` outside of any. */
export function correlationId(): string | undefined {
  return current.getStore();
}

/** An event's own id: that of a state's input, or of an asynchronous invocation. */
export function idInEvent(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !(correlationField in event)) return undefined;
  return wellFormedId(event[correlationField]);
}

/** The same of an event as text, such as a message's body or an execution's input. */
export function idInText(text: string): string | undefined {
  // Most texts name none, and are not read for nothing.
  if (!text.includes(`"${correlationField}"`)) return undefined;
  return idInEvent(parsedJson(text).value);
}
