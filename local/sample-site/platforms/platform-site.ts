import type { IncomingMessage } from 'node:http';
import { type Answer, textAnswer } from '../answers.ts';

/** A request for a path of a platform. */
export interface AskedPage {
  readonly url: URL;
  readonly request: Pick<IncomingMessage, 'headers' | 'method'>;
  /** Of a POST, as text. */
  readonly body: string;
  readonly now: Date;
}

/** What a platform answers, by path; another path is not there. */
export type PlatformSite = Readonly<Record<string, (asked: AskedPage) => Answer>>;

/** JSON as platforms send it. */
export function json(value: unknown, status = 200): Answer {
  return textAnswer(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A page as platforms send it. */
export function html(text: string, status = 200): Answer {
  return textAnswer(status, 'text/html; charset=utf-8', text);
}
