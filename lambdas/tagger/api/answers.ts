import * as z from 'zod';
import { count, momentText, rowId } from '#kit/api/answers.ts';

const text = z.string();

/** How one service of the tagger is doing. */
export const service = z
  .object({
    service: text,
    topics: z.object({ in: text, out: text }),
    lag: count.describe('Records that are in the topic and not done.'),
    counts: z.object({
      in: count,
      out: count,
      waiting: count.describe('For their page.'),
      failed: count.describe('In the ledger, whatever became of them there.'),
    }),
    unaccounted: z.int().describe('in - out - waiting - failed: other than 0, something got lost.'),
    model: text.describe('Day of its training and checksum.'),
  })
  .meta({ id: 'TaggerService' });

/** A failure of the tagger in the words of the existing alerts. */
export const taggerFailure = z
  .object({
    id: rowId,
    Exception: text.describe('The reason.'),
    raw_json: z.unknown().describe('What came in; null for what is too large for a row.'),
    message: text,
    state: text,
    occurred_at: momentText,
  })
  .meta({ id: 'TaggerFailure' });

/** How often pages of one host could not be had. */
export const hostFailures = z
  .object({
    host: text,
    count,
    open: count.describe('Of them those that wait for a person.'),
    last_at: momentText,
    reasons: z.record(z.string(), count),
  })
  .meta({ id: 'HostFailures' });

const score = z.number().min(0).max(1);

/** What would be published for a text. */
export const tried = z
  .object({
    tags: z.array(z.object({ tag: text, score, source: z.enum(['model', 'rule']) })).describe('The best first.'),
    keywords: z.array(z.object({ word: text, weight: z.number().describe('TF-IDF, comparable within one text.') })),
    rules: z
      .array(
        z.object({
          tag: text,
          because: z.array(text).describe('Keywords as the text has them, patterns as the file has them.'),
        }),
      )
      .describe('Why rules gave their tags.'),
    taggedAt: momentText,
    tagger: z.object({ model: text, version: text }),
    webCrawlConsume: z.number().optional().describe('Seconds that the page took; with url only.'),
    content: text.optional().describe("The page's text; with url only."),
    contentHtml: text.optional(),
    contentHtmlTruncated: z.literal(true).optional(),
    exception: text.optional().describe('Why the page could not be had.'),
    reason: text.optional(),
  })
  .meta({ id: 'TriedMessage' });
