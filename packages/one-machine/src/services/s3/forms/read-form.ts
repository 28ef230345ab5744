import type { IncomingMessage } from 'node:http';
import { S3Error } from '../errors.ts';
import type { Fields } from './policy.ts';

// A form is read whole before its file is kept; larger files go by PUT, or in parts.
const mostBytes = 100 * 1024 * 1024;

/** A form as a page sends it: what stands after the file counts for nothing, as on S3. */
export interface Form {
  readonly fields: Fields;
  readonly file: { readonly name: string; readonly bytes: Buffer };
}

/** Reads `multipart/form-data`. Throws what S3 says of what is none, has no file, or is too large. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const body = await readBody(request);
  const fields = new Map<string, string>();
  for (const [name, value] of await parsed(body, String(request.headers['content-type']))) {
    if (name === 'file') {
      if (typeof value === 'string') return { fields, file: { name: '', bytes: Buffer.from(value) } };
      return { fields, file: { name: value.name, bytes: Buffer.from(await value.arrayBuffer()) } };
    }
    if (typeof value === 'string') fields.set(name.toLowerCase(), value);
  }
  throw new S3Error(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > mostBytes)
      throw new S3Error(400, 'EntityTooLarge', `One machine takes forms of up to ${mostBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function parsed(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    const message = 'The body of your POST request is not well-formed multipart/form-data.';
    throw new S3Error(400, 'MalformedPOSTRequest', message);
  }
}
