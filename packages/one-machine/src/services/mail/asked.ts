import { bareAddress, splitAddresses } from './addresses.ts';

/** What a request asks SES to send, before anything is kept of it. */
export interface Asked {
  readonly api: 'v1' | 'v2';
  /** Of the request, or of the message's own headers where the request has none. */
  readonly from: string | undefined;
  readonly recipients: readonly string[];
  /** Further addresses that must be whole. */
  readonly others: readonly string[];
  readonly bytes: number;
  /** Of a message that comes whole; every value of each header, by its name in small letters. */
  readonly headers: ReadonlyMap<string, readonly string[]> | undefined;
}

/** Reads a form of the v1 API, or a document of v2; `undefined` for what is neither. */
export function readAsked(path: string, form: URLSearchParams, body: Buffer): Asked | undefined {
  if (path.startsWith('/v2/')) return readDocument(body);
  const raw = form.get('RawMessage.Data');
  const listed = (list: string) => members(form, list);
  const common = { api: 'v1', from: form.get('Source') ?? undefined } as const;
  if (raw !== null) return readRaw({ ...common, destinations: listed('Destinations'), data: raw });
  const { to, cc, bcc } = readDestinations(form);
  const texts = [...form].filter(([name]) => name.startsWith('Message.') && name.endsWith('.Data'));
  return {
    ...common,
    recipients: [...to, ...cc, ...bcc],
    others: [...listed('ReplyToAddresses'), ...[form.get('ReturnPath') ?? []].flat()],
    bytes: texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0),
    headers: undefined,
  };
}

/** All recipients of SendEmail; aws-ses-v2-local reads only the first of each kind. */
export function readDestinations(form: URLSearchParams): Destinations {
  const of = (kind: string) => members(form, `Destination.${kind}Addresses`);
  return { to: of('To'), cc: of('Cc'), bcc: of('Bcc') };
}

interface Destinations {
  readonly to: string[];
  readonly cc: string[];
  readonly bcc: string[];
}

/** The recipients of a message that came whole: as its headers show them, and as blind ones those of the envelope alone. */
export function rawDestinations({ recipients }: Asked, shown: Destinations): Destinations {
  const left = new Set(recipients.map(bareAddress));
  const of = (list: readonly string[]) => list.flatMap(splitAddresses).filter((one) => left.delete(bareAddress(one)));
  const [to, cc, bcc] = [of(shown.to), of(shown.cc), of(shown.bcc)];
  return { to, cc, bcc: [...bcc, ...left] };
}

function members(form: URLSearchParams, list: string): string[] {
  const found: string[] = [];
  for (;;) {
    const member = form.get(`${list}.member.${found.length + 1}`);
    if (member === null) return found;
    found.push(member);
  }
}

interface Text {
  readonly Data?: string;
}

/** As far as it matters here; aws-ses-v2-local checks its shape. */
interface Document {
  readonly FromEmailAddress?: string;
  readonly ReplyToAddresses?: readonly string[];
  readonly Destination?: Readonly<Record<string, readonly string[]>>;
  readonly Content?: {
    readonly Raw?: Text;
    readonly Simple?: { readonly Subject?: Text; readonly Body?: { readonly Text?: Text; readonly Html?: Text } };
  };
}

function readDocument(body: Buffer): Asked | undefined {
  const document = parsed(body);
  if (document === undefined) return undefined;
  const { FromEmailAddress: from, ReplyToAddresses: others = [], Destination = {}, Content = {} } = document;
  const recipients = ['ToAddresses', 'CcAddresses', 'BccAddresses'].flatMap((kind) => Destination[kind] ?? []);
  if (Content.Raw?.Data !== undefined) {
    return readRaw({ api: 'v2', from, destinations: recipients, data: Content.Raw.Data });
  }
  const { Subject, Body } = Content.Simple ?? {};
  const texts = [Subject, Body?.Text, Body?.Html];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text?.Data ?? ''), 0);
  return { api: 'v2', from, recipients, others, bytes, headers: undefined };
}

function parsed(body: Buffer): Document | undefined {
  try {
    const document: unknown = JSON.parse(body.toString());
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    // Whoever reads it next says what is wrong with it.
    return undefined;
  }
}

interface Raw {
  readonly api: Asked['api'];
  readonly from: string | undefined;
  readonly destinations: readonly string[];
  readonly data: string;
}

function readRaw({ api, from, destinations, data }: Raw): Asked {
  const message = Buffer.from(data, 'base64');
  const headers = readHeaders(message);
  const named = ['to', 'cc', 'bcc'].flatMap((name) => headerAddresses(headers, name));
  return {
    api,
    from: from ?? headers.get('from')?.[0],
    recipients: destinations.length > 0 ? destinations : named,
    others: headerAddresses(headers, 'reply-to'),
    bytes: message.length,
    headers,
  };
}

function headerAddresses(headers: Asked['headers'], name: string): string[] {
  return (headers?.get(name) ?? []).flatMap(splitAddresses);
}

/** Up to the first empty line; a line that begins with a blank goes on from the one before (RFC 5322). */
function readHeaders(message: Buffer): ReadonlyMap<string, readonly string[]> {
  const [head = ''] = message.toString('latin1').split(/\r?\n\r?\n/, 1);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) found.set(name.toLowerCase(), [...(found.get(name.toLowerCase()) ?? []), value.trim()]);
  }
  return found;
}
