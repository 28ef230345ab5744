import type * as z from 'zod';
import type { Route } from './route.ts';

/** What a workload's `openapi.ts` says of its routes: the document of the API is made of these. */
export interface DocumentedApi {
  /** The groups that its routes are shown in. */
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly parts: readonly ApiPart[];
}

/** The routes of one handler. */
export interface ApiPart {
  /** `platform/health`. */
  readonly handler: string;
  /** By route key: `GET /health`. */
  readonly routes: Readonly<Record<string, Route<never>>>;
  /** One of the tags. */
  readonly tag: string;
  /** @default answers as they are, and failures as `{"error", "message"}` */
  readonly envelope?: DocumentedCodes;
  /** Bodies that are told in more detail than their schemas have, by route key. */
  readonly bodies?: Readonly<Record<string, DocumentedBody>>;
}

/** How an API with codes answers. */
export interface DocumentedCodes {
  /** What the document calls its failures: `TaskProblem`. */
  readonly name: string;
  /** A success around what a route answers. */
  readonly wrap: (data: z.ZodType) => z.ZodType;
  readonly failure: z.ZodType;
  /** HTTP's status of wrong fields. */
  readonly wrongInput: 400 | 422;
}

/** A body as it is shown. */
export interface DocumentedBody {
  readonly schema: z.ZodType;
  readonly examples: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}
