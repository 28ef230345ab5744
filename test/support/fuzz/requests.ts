import fc from 'fast-check';
import type { Operation, Parameter } from './document.ts';
import { oddBodies, oddTexts, spoilt } from './oddities.ts';
import { type Resolve, type Schema, valuesOf } from './values.ts';

/** One request as it goes over the wire. */
export interface Request {
  readonly method: string;
  /** Percent-encoded, with its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whether it gets to the route: a gateway answers itself what has an empty or broken part in its path. */
  readonly routable: boolean;
}

/** A part of the target: as it was meant, and as it is written. */
interface Part {
  readonly name: string;
  readonly written: string;
  readonly routable: boolean;
}

// Longer ones are no parameter, or no request, to the gateway.
const longestParameter = 2048;
const longestTarget = 8000;

/** Requests for one route: most of them nearly right, the others wrong in one place or another. */
export function requestsOf(operation: Operation, resolve: Resolve): fc.Arbitrary<Request> {
  const ofPlace = (place: Parameter['in']) => operation.parameters.filter((one) => one.in === place);
  return fc
    .record({
      path: fc.tuple(...ofPlace('path').map((one) => part(one, resolve))),
      query: fc.tuple(...ofPlace('query').map((one) => maybe(one, part(one, resolve)))),
      more: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: oddQueries }),
      body: bodyOf(operation.bodies, resolve),
      headers: oddHeaders,
    })
    .map(({ path, query, more, body, headers }) => {
      const filled = path.reduce((target, one) => target.replace(`{${one.name}}`, () => one.written), operation.path);
      const pairs = query.flatMap((one) => (one ? [`${encoded(one.name)}=${one.written}`] : []));
      const text = [...pairs, ...(more === '' ? [] : [more])].join('&');
      return {
        method: operation.method,
        target: text === '' ? filled : `${filled}?${text}`,
        headers: { ...headers, ...body?.headers },
        ...(body ? { body: body.text } : {}),
        routable: path.every(({ routable }) => routable) && filled.length + text.length < longestTarget,
      };
    });
}

function maybe({ required }: Parameter, arbitrary: fc.Arbitrary<Part>): fc.Arbitrary<Part | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: required ? 20 : 2 });
}

function part({ name, schema }: Parameter, resolve: Resolve): fc.Arbitrary<Part> {
  const meant = valuesOf(schema, resolve).map(asText);
  const texts = fc.oneof({ weight: 6, arbitrary: meant }, { weight: 1, arbitrary: oddTexts });
  const written = texts.map((text) => ({
    name,
    written: encoded(text),
    // A client and a server both take these out of a path.
    routable: text !== '' && encoded(text).length <= longestParameter && text !== '.' && text !== '..',
  }));
  const broken = fc.constantFrom('%ff', '%', '%zz', '%c0%af', '%ed%a0%80', 'a+b', '%2F', '%2e%2e').map((raw) => ({
    name,
    written: raw,
    routable: raw === 'a+b' || raw === '%2F',
  }));
  return fc.oneof({ weight: 40, arbitrary: written }, { weight: 1, arbitrary: broken });
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const oddQueries = fc.constantFrom(
  '_',
  '=',
  '&&',
  '_=',
  '_=a',
  '_=1e400',
  '_=1525568925.0',
  'x=%ff',
  '__proto__=1',
  'a[]=1',
);

const oddHeaders = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Record<string, string>>({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { accept: 'text/plain' },
      { 'x-correlation-id': 'x'.repeat(500) },
      { 'x-request-id': 'a b' },
      { cookie: 'a=b; c' },
      { 'content-encoding': 'gzip' },
      { 'accept-encoding': 'br' },
      { 'if-none-match': '*' },
      { range: 'bytes=0-' },
    ),
  },
);

interface SentBody {
  readonly text: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

function bodyOf(bodies: Operation['bodies'], resolve: Resolve): fc.Arbitrary<SentBody | undefined> {
  const types = Object.entries(bodies);
  const unheardOf = fc.tuple(oddBodies, oddTypes).map(([text, type]) => sent(text, type));
  if (types.length === 0) return fc.option(unheardOf, { nil: undefined, freq: 2 });
  const meant = types.map(([type, schema]) => writtenAs(type, schema, resolve));
  const mixed = types.map(([, schema]) =>
    fc.tuple(valuesOf(schema, resolve), oddTypes).map(([value, type]) => sent(JSON.stringify(value), type)),
  );
  return fc.oneof(
    { weight: 16, arbitrary: fc.oneof(...meant) },
    { weight: 2, arbitrary: unheardOf },
    { weight: 1, arbitrary: fc.oneof(...mixed) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function writtenAs(type: string, schema: Schema, resolve: Resolve): fc.Arbitrary<SentBody> {
  const valid = valuesOf(schema, resolve);
  const values = fc.oneof({ weight: 3, arbitrary: valid }, { weight: 2, arbitrary: spoilt(valid) });
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  return values.map((value) => sent(isForm ? form(value) : JSON.stringify(value), type));
}

function form(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value).toWellFormed();
  const pairs = Object.entries(value).map(([name, inner]) => `${encoded(name)}=${encoded(asText(inner) ?? '')}`);
  return pairs.join('&');
}

const sent = (text: string | Buffer, type: string): SentBody => ({
  text,
  headers: type === '' ? {} : { 'content-type': type },
});

const oddTypes = fc.constantFrom(
  '',
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/octet-stream',
  '/',
);
