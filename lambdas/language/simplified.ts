import hongKong from 'opencc-js/dict/HKVariantsRev';
import simplifiedByTraditional from 'opencc-js/dict/TSCharacters';
import taiwan from 'opencc-js/dict/TWVariantsRev';
import { once } from '#kit/once.ts';

const pairsIn = (dictionary: string): Map<string, string> =>
  new Map(dictionary.split('|').map((pair) => pair.split(' ') as [string, string]));

/**
 * By UTF-16 code unit; 0 for what stays. Only pairs of one code unit each, so that places in a text stay what they are.
 * Variants of Taiwan and Hong Kong (裡 beside 裏) are known by their standard form, where that has a simplified one.
 */
const table = once((): Uint16Array => {
  const units = new Uint16Array(0x10000);
  const standard = pairsIn(simplifiedByTraditional);
  const variants = [hongKong, taiwan]
    .flatMap((dictionary) => [...pairsIn(dictionary)])
    .flatMap(([variant, form]) => {
      const simple = standard.get(form);
      return simple === undefined || standard.has(variant) ? [] : [[variant, simple] as const];
    });
  for (const [from, to] of [...variants, ...standard])
    if (from.length === 1 && to.length === 1) units[from.charCodeAt(0)] = to.charCodeAt(0);
  return units;
});

/** The text in simplified characters, sign for sign, each in its place; one that has no traditional ones is itself. */
export function simplified(text: string): string {
  const units = table();
  let done = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = units[text.charCodeAt(at)];
    if (!unit) continue;
    done += text.slice(from, at) + String.fromCharCode(unit);
    from = at + 1;
  }
  return from === 0 ? text : done + text.slice(from);
}
