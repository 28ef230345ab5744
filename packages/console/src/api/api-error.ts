/** What the API refused or failed with: its words, and the id that finds it in the log. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(message: string, status: number, requestId: string | undefined) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

/** The words of an answer that failed, whichever of the API's envelopes it has. */
export function wordsOf(body: unknown, otherwise: string): string {
  if (typeof body !== 'object' || body === null) return otherwise;
  const { message, msg, err_msg, data } = body as Readonly<Record<string, unknown>>;
  const said = message ?? msg ?? err_msg;
  const detail = typeof data === 'object' && data !== null && Object.keys(data).length > 0 ? flat(data) : [];
  if (said === undefined) return otherwise;
  return [...flat(said), ...detail].join(' · ');
}

/** `{json: {cells: ['Not a valid string.']}}` is `cells: Not a valid string.` */
function flat(value: unknown, name = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => flat(one, name));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => flat(one, places.has(key) ? name : key));
  return [name === '' ? String(value) : `${name}: ${value}`];
}

const places = new Set(['json', 'querystring', 'path']);
