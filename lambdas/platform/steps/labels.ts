import { objectInJson, parsedJson } from '#kit/text/json.ts';
import type { Step } from './step.ts';

const longestLabel = 80;

/**
 * Says what each item of a Map is, by the first input in it: the item itself where it is one word or number, else those of
 * its fields in which the items of its Map differ (all short ones, where there is but one item).
 */
export function labelItems(steps: readonly Step[]): void {
  const inside = steps.filter(({ item }) => item !== null);
  for (const ofMap of Map.groupBy(inside, ({ within }) => within).values()) {
    const items = [...Map.groupBy(ofMap, ({ item }) => item).values()];
    const first = items.map((visits) => visits[0]?.input ?? '');
    const fields = first.map(shortFields);
    const names = [...new Set(fields.flatMap((one) => Object.keys(one)))];
    const telling = names.filter((name) => items.length === 1 || new Set(fields.map((one) => one[name])).size > 1);
    for (const [index, visits] of items.entries()) {
      const label = scalarIn(first[index] ?? '') ?? labelOf(telling.map((name) => fields[index]?.[name]));
      for (const step of visits) step.label = label ?? null;
    }
  }
}

function labelOf(words: readonly (string | undefined)[]): string | undefined {
  const text = words.filter((word) => word !== undefined).join(' · ');
  return text === '' ? undefined : text.slice(0, longestLabel);
}

function shortFields(input: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectInJson(input) ?? {}).flatMap(([name, value]) => {
      const word = wordOf(value);
      return word === undefined ? [] : [[name, word]];
    }),
  );
}

function scalarIn(input: string): string | undefined {
  return wordOf(parsedJson(input).value);
}

function wordOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value);
  return word === '' || word.length > longestLabel ? undefined : word;
}
