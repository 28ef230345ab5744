import { answer, api } from '../../api/client.ts';
import type { paths } from '../../api/schema.gen';

type Announced = paths['/api/v1/files']['post']['responses'][200]['content']['application/json']['data'];
type Part = Extract<Announced['upload'], { kind: 'multipart' }>['parts'][number];

/** An upload that can go on where it broke off. */
export interface Upload {
  readonly file: File;
  announced?: Announced;
}

/** Told how many bytes have gone. */
type Progress = (bytes: number) => void;

const partsAPage = 100;
const fallbackType = 'application/octet-stream';

/**
 * Uploads a file straight to its bucket and resolves to how a task names it. Whoever calls again with the same upload goes
 * on with the parts that are missing.
 */
export async function send(upload: Upload, progress: Progress): Promise<string> {
  const { file } = upload;
  const content_type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : fallbackType;
  const body = { name: file.name, size: file.size, content_type };
  upload.announced ??= (await answer(api.POST('/api/v1/files', { body }))).data;
  const { announced } = upload;
  const path = { file_id: announced.file.file_id };
  if (announced.upload.kind === 'single') await put(announced.upload, file, progress);
  else await putParts(path, announced.upload.part_bytes, file, progress);
  const completed = await answer(api.POST('/api/v1/files/{file_id}/complete', { params: { path }, body: {} }));
  return completed.data.file.argument;
}

/** Part after part, but for those that have arrived; the addresses come page by page, for an hour each. */
async function putParts(path: { file_id: string }, bytes: number, file: File, progress: Progress): Promise<void> {
  let from: number | null = 1;
  let sent = 0;
  while (from !== null) {
    const query: { from: number; count: number } = { from, count: partsAPage };
    const asked = api.GET('/api/v1/files/{file_id}/parts', { params: { path, query } });
    const {
      parts,
      received,
      next_from,
    }: { parts: readonly Part[]; received: readonly { part_number: number }[]; next_from: number | null } = (
      await answer(asked)
    ).data;
    const there = new Set(received.map(({ part_number }) => part_number));
    for (const part of parts) {
      const begin = (part.part_number - 1) * bytes;
      const before = sent;
      if (!there.has(part.part_number))
        await put(part, file.slice(begin, begin + part.size), (gone) => progress(before + gone));
      sent += part.size;
      progress(sent);
    }
    from = next_from;
  }
}

interface Signed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `fetch` tells nothing of what has gone; this does. Rejects in words when the bucket refuses or is away. */
function put({ url, headers }: Signed, body: Blob, progress: Progress): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Error(`${request.status} ${request.statusText}`));
    request.onerror = () => reject(new Error('The bucket cannot be reached from this page.'));
    request.send(body);
  });
}
