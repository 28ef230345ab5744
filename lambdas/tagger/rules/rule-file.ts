import { RE2JS } from 're2js';
import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { faultsAsText } from '#kit/issues.ts';
import { parsedJson } from '#kit/text/json.ts';
import { fold } from '../model/fold.ts';

const phrase = z
  .string()
  .max(100)
  .transform(fold)
  .refine((text) => text !== '', 'Must have a sign that is no white space');

const pattern = z.object({
  /** RE2 syntax (no look-around, no back-references), on the folded text: lower case, half width. */
  pattern: z.string().min(1).max(300).transform(compiled),
  /** It is tried only when one of these is in the text: patterns cost a hundred times what keywords do. */
  when: z.array(phrase).min(1).max(50),
});

const tagRule = z.object({
  /** How sure a match makes the tag. */
  score: z.number().gt(0).max(1),
  keywords: z.array(phrase).max(5000).default([]),
  patterns: z.array(pattern).max(50).default([]),
  /** Phrases that hold a keyword and don't mean the tag. */
  except: z.array(phrase).max(1000).default([]),
});

/** A rules file: tags by keyword and pattern, and words that keywords must not be cut out of. */
export const ruleFile = z.object({
  version: z.string().min(1).max(64),
  tags: z.record(z.string().min(1).max(64), tagRule),
  /** The user dictionary: each stays one word among the keywords of a text. */
  words: z.array(phrase).max(20_000).default([]),
});

export type RuleFile = z.infer<typeof ruleFile>;

/** Compiles to an automaton: time linear in the text, whatever the pattern. */
function compiled(source: string, context: z.RefinementCtx): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `Not a pattern of RE2: ${error instanceof Error ? error.message : ''}`,
    });
    return z.NEVER;
  }
}

/** Reads a rules file. Throws a PermanentError that names each field that is wrong. */
export function parseRules(text: string): RuleFile {
  const { value, error: cause } = parsedJson(text);
  if (cause !== undefined) throw new PermanentError(`The rules are no JSON: ${cause.message}`, { cause });
  const rules = ruleFile.safeParse(value);
  if (!rules.success) throw new PermanentError(`The rules are refused: ${faultsAsText(rules.error.issues)}`);
  const idle = Object.entries(rules.data.tags).find(([, rule]) => rule.keywords.length + rule.patterns.length === 0);
  if (idle) throw new PermanentError(`The rules are refused: tags.${idle[0]} has no keyword and no pattern`);
  return rules.data;
}
