import type { Readable } from 'node:stream';
import { fileOfBytes } from './site-file.ts';

/** What the site says to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The length of the body where it is known before it is made. */
  readonly bytes?: number;
  /** The body from its beginning, whole or only so many bytes of it. */
  read(first?: number): Readable;
}

/** Text of a type, UTF-8. */
export function textAnswer(status: number, contentType: string, text: string): Answer {
  const { bytes, read } = fileOfBytes(Buffer.from(text, 'utf8'));
  return { status, headers: { 'content-type': contentType }, bytes, read };
}

/** An HTML page of the site's manner with one sentence on it. */
export function pageAnswer(status: number, title: string, sentence: string): Answer {
  const page = `<!DOCTYPE html>
<html lang="zh-TW">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><div class="message"><h1>${title}</h1><p>${sentence}</p></div></body>
</html>
`;
  return textAnswer(status, 'text/html;charset=UTF-8', page);
}

/** JSON of the control paths. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return textAnswer(status, 'application/json;charset=UTF-8', `${JSON.stringify(value, undefined, 2)}\n`);
}

/** What a county without deals answers. */
export const nothingHere = (): Answer => pageAnswer(404, '查無資料', '您所查詢的檔案不存在。');

/** The site's own failure; it comes with status 200 as well as with 500. */
export const systemError = (status: number): Answer => pageAnswer(status, '系統發生錯誤', '系統發生錯誤，請稍後再試。');

/** The site is being worked on, and says so with status 200. */
export const underConstruction = (status: number): Answer =>
  pageAnswer(status, '施工中', '網站施工中，造成不便敬請見諒。');
