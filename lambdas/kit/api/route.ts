import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { type InputFaults, type InputIssue, type InputPlace, InvalidInputError } from '../errors.ts';
import { faultsByField } from '../issues.ts';
import type { ApiAnswer } from './api-response.ts';
import type { Caller } from './authentication.ts';
import { givenBody } from './body.ts';
import type { RoutePermission } from './permission.ts';

/** What a route takes and gives, for those who call it: the documentation is made of it. */
export interface RouteShape {
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** Who may call it: held by the kit, before any of the route's own code. */
  readonly permission: RoutePermission;
  readonly path?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Also takes the body as a form, url-encoded or multi-part: every value is text then. */
  readonly form?: true;
  /** Also takes the body's fields from the query, as text; one that is in both is the body's. */
  readonly bodyOrQuery?: true;
  /** The body of each status of success. What can fail is the kit's and the same for all. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

/** One route after its schemas: parses what came and answers. Made by {@link route}. */
export interface Route<S> {
  readonly shape: RouteShape;
  readonly serve: (event: APIGatewayProxyEventV2, services: S, asked: Asked) => Promise<ApiAnswer>;
}

/** Who asks, and whether the API leaves alone what of a query no route of it knows: its clients of old send some. */
export interface Asked {
  readonly caller: Caller;
  readonly ignoresUnknown: boolean;
}

/** What a route's work gets: the parsed places, who asks, and the event for what no schema says. */
export interface RouteRequest<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly path: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly caller: Caller;
  readonly event: APIGatewayProxyEventV2;
}

/** The schemas of a route and what it does with what they let through. */
export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, S> extends RouteShape {
  readonly path?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (request: RouteRequest<P, Q, B>, services: S) => Promise<ApiAnswer>;
}

/** Ties a route's schemas to its work. All wrong fields of all places are told at once (400). */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, S>({
  handle,
  ...shape
}: RouteSpec<P, Q, B, S>): Route<S> {
  const known = new Set([...namesOf(shape.query), ...(shape.bodyOrQuery ? namesOf(shape.body) : [])]);
  const serve: Route<S>['serve'] = async (event, services, { caller, ignoresUnknown }) => {
    const faults: { -readonly [K in keyof InputFaults]: InputFaults[K] } = {};
    const issues: InputIssue[] = [];
    const read = <T extends z.ZodType>(schema: T | undefined, place: InputPlace, value: unknown) => {
      const parsed = schema?.safeParse(value, { reportInput: true });
      if (parsed && !parsed.success) {
        faults[place] = faultsByField(parsed.error.issues);
        issues.push(...parsed.error.issues.map((issue) => ({ place, issue })));
      }
      return parsed?.data as z.output<T>;
    };
    const parameters = parametersOf(event);
    const beside = shape.bodyOrQuery && parameters;
    const given = shape.body && (await givenBody({ ...shape, body: shape.body, beside }, event));
    const request = {
      path: read(shape.path, 'path', event.pathParameters ?? {}),
      query: read(shape.query, 'querystring', parameters),
      body: read(given?.schema, 'json', given?.value) as z.output<B>,
      caller,
      event,
    };
    const unknown = ignoresUnknown ? [] : Object.keys(parameters).filter((name) => !known.has(name));
    const told = Object.fromEntries(unknown.map((name) => [name, ['Unknown parameter.']]));
    if (unknown.length > 0) faults.querystring = { ...faults.querystring, ...told };
    if (Object.keys(faults).length > 0) throw new InvalidInputError(faults, issues);
    return handle(request, services);
  };
  return { shape, serve };
}

/** Without the timestamp, which is authentication's and belongs to no route. */
function parametersOf({ queryStringParameters = {} }: APIGatewayProxyEventV2): Record<string, unknown> {
  const { _: _timestamp, ...parameters } = queryStringParameters;
  return parameters;
}

/** The fields of an object's schema, whatever becomes of it behind them. */
function namesOf(schema: z.ZodType | undefined): readonly string[] {
  if (schema instanceof z.ZodPipe) return namesOf(schema.in as z.ZodType);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
