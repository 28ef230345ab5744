import { AhoCorasick } from '@monyone/aho-corasick';
import type { RE2JS } from 're2js';
import type { Tag } from '../tagging.ts';
import { parseRules, type RuleFile } from './rule-file.ts';

/** Rules made ready: all keywords of all tags are found in one pass over a text. */
export interface RuleBook {
  readonly version: string;
  /** What the rules say of a folded text. */
  readonly match: (folded: string) => RuleMatch;
  /** By which of its phrases and patterns each of these tags was given; slower, for a person who asks why. */
  readonly explain: (folded: string) => readonly RuleReason[];
}

/** Why a rule gave its tag. */
export interface RuleReason {
  readonly tag: string;
  /** Keywords as the text has them, patterns as the file has them. */
  readonly because: readonly string[];
}

/** The tags that rules give, and where words of the user dictionary stand. */
export interface RuleMatch {
  readonly tags: readonly Tag[];
  readonly words: readonly Span[];
}

/** From its first code unit to behind its last. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** What a phrase means when it is found. */
type Meaning =
  | { readonly kind: 'keyword' | 'except'; readonly tag: string }
  | { readonly kind: 'word' }
  | { readonly kind: 'when'; readonly tag: string; readonly pattern: RE2JS };

/** Reads and prepares a rules file. Throws a PermanentError that names what is wrong with it. */
export function readRules(text: string): RuleBook {
  const file = parseRules(text);
  const meanings = meaningsOf(file);
  const automaton = new AhoCorasick([...meanings.keys()]);
  const foundIn = (folded: string) =>
    automaton
      .matchInText(folded)
      .filter(({ keyword, begin, end }) => standsAlone(folded, keyword, { begin, end }))
      .flatMap(({ keyword, begin, end }) => (meanings.get(keyword) ?? []).map((meaning) => ({ meaning, begin, end })));
  const match = (folded: string): RuleMatch => {
    const found = foundIn(folded);
    return found.length === 0 ? nothing : interpret(file, folded, found);
  };
  return { version: file.version, match, explain: (folded) => reasonsIn(folded, foundIn(folded)) };
}

const nothing: RuleMatch = { tags: [], words: [] };

function meaningsOf({ tags, words }: RuleFile): Map<string, Meaning[]> {
  const meanings = new Map<string, Meaning[]>();
  const add = (phrase: string, meaning: Meaning) => meanings.set(phrase, [...(meanings.get(phrase) ?? []), meaning]);
  for (const [tag, { keywords, except, patterns }] of Object.entries(tags)) {
    for (const phrase of keywords) add(phrase, { kind: 'keyword', tag });
    for (const phrase of except) add(phrase, { kind: 'except', tag });
    for (const { pattern, when } of patterns) for (const phrase of when) add(phrase, { kind: 'when', tag, pattern });
  }
  for (const phrase of words) add(phrase, { kind: 'word' });
  return meanings;
}

const wordSign = /[a-z0-9]/;

/** A phrase of Latin letters is a whole word: `ipo` isn't in `tripod`. Chinese has no such borders. */
function standsAlone(text: string, phrase: string, { begin, end }: Span): boolean {
  const cutBefore = wordSign.test(phrase.charAt(0)) && wordSign.test(text.charAt(begin - 1));
  const cutBehind = wordSign.test(phrase.charAt(phrase.length - 1)) && wordSign.test(text.charAt(end));
  return !cutBefore && !cutBehind;
}

type Found = Span & { readonly meaning: Meaning };

function interpret(file: RuleFile, folded: string, found: readonly Found[]): RuleMatch {
  const given = new Set<string>();
  const tried = new Set<RE2JS>();
  const excepted = exceptedIn(found);
  for (const one of found) {
    const { meaning } = one;
    if (meaning.kind === 'keyword' && !excepted.has(one)) given.add(meaning.tag);
    if (meaning.kind !== 'when' || given.has(meaning.tag) || tried.has(meaning.pattern)) continue;
    tried.add(meaning.pattern);
    if (meaning.pattern.matcher(folded).find()) given.add(meaning.tag);
  }
  return {
    tags: [...given].map((tag) => ({ tag, score: file.tags[tag]?.score ?? 0, source: 'rule' as const })),
    words: found.filter(({ meaning }) => meaning.kind === 'word').map(({ begin, end }) => ({ begin, end })),
  };
}

/** All that speaks for each tag, each once, in the order in which the text has it. */
function reasonsIn(folded: string, found: readonly Found[]): readonly RuleReason[] {
  const reasons = new Map<string, Set<string>>();
  const tried = new Set<RE2JS>();
  const excepted = exceptedIn(found);
  for (const one of found) {
    const { meaning, begin, end } = one;
    if (meaning.kind === 'word' || meaning.kind === 'except' || excepted.has(one)) continue;
    if (meaning.kind === 'when') {
      if (tried.has(meaning.pattern)) continue;
      tried.add(meaning.pattern);
      if (!meaning.pattern.matcher(folded).find()) continue;
    }
    const because = meaning.kind === 'when' ? meaning.pattern.pattern() : folded.slice(begin, end);
    reasons.set(meaning.tag, (reasons.get(meaning.tag) ?? new Set()).add(because));
  }
  return [...reasons].map(([tag, because]) => ({ tag, because: [...because] }));
}

/** The keywords that an exception of their tag covers, in one pass: a text may be nothing but exceptions. */
function exceptedIn(found: readonly Found[]): ReadonlySet<Found> {
  const excepted = new Set<Found>();
  if (!found.some(({ meaning }) => meaning.kind === 'except')) return excepted;
  // By tag, how far the exceptions reach that have begun.
  const reach = new Map<string, number>();
  const first = ({ meaning }: Found) => (meaning.kind === 'except' ? 0 : 1);
  for (const one of found.toSorted((a, b) => a.begin - b.begin || first(a) - first(b))) {
    const { meaning, end } = one;
    if (meaning.kind === 'except') reach.set(meaning.tag, Math.max(reach.get(meaning.tag) ?? 0, end));
    if (meaning.kind === 'keyword' && (reach.get(meaning.tag) ?? 0) >= end) excepted.add(one);
  }
  return excepted;
}
