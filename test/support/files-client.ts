import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { createdAnswer, fileAnswer, foundAnswer, partsAnswer } from '../../lambdas/tasks/files/answers.ts';
import type { TestStack } from './stack.ts';

/** What a caller says of a file before it goes up. */
export interface Announcement {
  readonly name: string;
  readonly size: number;
  readonly content_type: string;
  readonly sha256?: string;
}

type Created = z.output<typeof createdAnswer>;
type Shown = z.output<typeof fileAnswer>;

/** The routes of files as an ordinary client uses them. */
export function filesClient({ api }: Pick<TestStack, 'api'>) {
  const ask = async (path: string, init?: RequestInit) => {
    const { status, body } = await api(path, init);
    return { status, data: dataOf(body) };
  };
  const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  const find = async (id: string) => (await ask(`/api/v1/files/${id}`)).data as z.output<typeof foundAnswer>;
  return {
    ask,
    post,
    find,
    announce: async (given: Announcement) => (await post('/api/v1/files', given)).data as Created,
    parts: async (id: string, query: string) =>
      (await ask(`/api/v1/files/${id}/parts?${query}`)).data as z.output<typeof partsAnswer>,
    async complete(id: string, body: object = {}) {
      const { status, data } = await post(`/api/v1/files/${id}/complete`, body);
      return { status, file: (data as { readonly file?: Shown } | undefined)?.file };
    },
    /** The whole content, part by part where it goes in parts; the last answer. */
    async send(upload: Created['upload'], bytes: Buffer): Promise<Response> {
      if (upload.kind === 'single') return fetch(upload.url, { method: 'PUT', headers: upload.headers, body: bytes });
      let answer = new Response();
      for (const { part_number, size, url } of upload.parts) {
        const at = (part_number - 1) * upload.part_bytes;
        answer = await fetch(url, { method: 'PUT', body: bytes.subarray(at, at + size) });
      }
      return answer;
    },
    /** The file once its hash was compared. */
    async settled(id: string): Promise<Shown> {
      const until = Date.now() + 300_000;
      for (;;) {
        const { file } = await find(id);
        if (file.state !== 'verifying') return file;
        if (Date.now() > until) throw new Error(`The file ${id} is still being compared with its hash`);
        await sleep(200);
      }
    },
  };
}

/** Out of the envelope. */
function dataOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'data' in body ? body.data : body;
}
