import * as z from 'zod';
import { momentText, resultOf } from '#kit/api/answers.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { tryRoutes } from '../contract.ts';
import { publishRules, type RulesNow, type RulesShelf, rulesNow, withdrawRules } from '../rules/published-rules.ts';

export interface RulesPorts {
  readonly shelf: RulesShelf;
}

/** A rules file as text. The largest that its schema allows is far below; a function takes 6 MB. */
export const rulesText = z.string().min(1).max(2_000_000);

// An entity tag is quoted (RFC 9110, 8.8.3): `*`, which stands for each, is none, and the rest has no place in a header.
const etag = z
  .string()
  .regex(/^"[!#-~]{1,200}"$/, 'Not an entity tag.')
  .nullable()
  .describe('Says that the rules are still these; null: those that are shipped.');
const rules = resultOf(z.object({ etag, rules: z.string().describe('The file, as it was written.') }));
const noMore = z.undefined('Unknown field.');

const answerOf = (now: RulesNow) => ({ status: 200, body: { result: { etag: now.etag, rules: now.text } } });

/** GET /tagger/rules */
const showRules = route({
  summary: 'Shows the rules that count',
  permission: 'read',
  answers: { 200: rules },
  handle: async (_request, { shelf }: RulesPorts) => answerOf(await rulesNow(shelf)),
});

/** PUT /tagger/rules */
const putRules = route({
  summary: 'Publishes rules',
  permission: 'operate',
  description:
    'In place of those that count, whole; every function has them within a minute. Wrong ones are refused with each wrong field (400), and so are those whose author has not seen the newest (409).',
  answers: { 200: rules },
  body: z.object({ rules: rulesText, etag }).catchall(noMore),
  handle: async ({ body }, { shelf }: RulesPorts) => answerOf(await publishRules(shelf, body.rules, body.etag)),
});

/** DELETE /tagger/rules */
const deleteRules = route({
  summary: 'Brings the shipped rules back',
  permission: 'operate',
  description: 'What was published stays among the versions.',
  answers: { 200: rules },
  body: z.object({ etag }).catchall(noMore),
  handle: async ({ body }, { shelf }: RulesPorts) => answerOf(await withdrawRules(shelf, body.etag)),
});

const version = z
  .object({ version: z.string(), at: momentText, current: z.boolean().describe('They count now.') })
  .meta({ id: 'RulesVersion' });

/** GET /tagger/rules/versions */
const listVersions = route({
  summary: 'Lists the rules that were published',
  permission: 'read',
  description: 'The newest first, fifty at most.',
  answers: { 200: resultOf(z.object({ data: z.array(version) })) },
  handle: async (_request, { shelf }: RulesPorts) => {
    const data = (await shelf.versions()).map(({ version: id, at, isCurrent }) => {
      return { version: id, at: at.toISOString(), current: isCurrent };
    });
    return { status: 200, body: { result: { data } } };
  },
});

/** GET /tagger/rules/versions/{version} */
const showVersion = route({
  summary: 'Shows rules that were published',
  permission: 'read',
  description: 'To go back to them, publish them again.',
  // As S3 makes them: URL-ready, of 1,024 bytes at most (S3 User Guide, "Using S3 Versioning").
  path: z.object({ version: z.string().regex(/^[!-~]{1,1024}$/, 'Not the id of a version.') }),
  answers: { 200: resultOf(z.object({ version: z.string(), rules: z.string() })) },
  handle: async ({ path }, { shelf }: RulesPorts) => {
    const text = await shelf.readVersion(path.version);
    return { status: 200, body: { result: { version: path.version, rules: text } } };
  },
});

/** The rules over HTTP. */
export const rulesApi: Readonly<Record<Exclude<(typeof tryRoutes)[number], 'POST /tagger/try'>, Route<RulesPorts>>> = {
  'GET /tagger/rules': showRules,
  'PUT /tagger/rules': putRules,
  'DELETE /tagger/rules': deleteRules,
  'GET /tagger/rules/versions': listVersions,
  'GET /tagger/rules/versions/{version}': showVersion,
};
