import type { Tell, TextKey } from '../../texts/tell.ts';

/**
 * The API says what is wrong in English, with what the file said in it. Each sentence that it has, and how its parts are
 * named in the texts; one that is not here stays as it is.
 */
const sentences: readonly (readonly [RegExp, TextKey])[] = [
  [/^is empty$/, 'reason.empty'],
  [/^is missing$/, 'reason.missing'],
  [/^is more than one line$/, 'reason.lines'],
  [/^is that of another row of this publication$/, 'reason.taken'],
  [/^is that of line (?<line>\d+) with other values$/, 'reason.taken-by-line'],
  [/^repeats the header: two files may stand in one$/, 'reason.header'],
  [/^has (?<count>\d+) fields where the header has (?<wanted>\d+)$/, 'reason.fields'],
  [/^is longer than (?<most>\d+) characters$/, 'reason.long'],
  [/^(?<said>.*) is longer than (?<most>\d+) digits$/s, 'reason.digits'],
  [/^(?<said>.*) is not a whole number$/s, 'reason.whole'],
  [/^(?<said>.*) is not a number$/s, 'reason.number'],
  [/^(?<said>.*) is not a date$/s, 'reason.date'],
  [/^(?<said>.*) is not a serial number$/s, 'reason.serial'],
  [/^(?<said>.*) is negative$/s, 'reason.negative'],
  [/^(?<said>.*) is 10 or above$/s, 'reason.ten'],
  [/^(?<said>.*) is larger than (?<most>\d+)$/s, 'reason.large'],
  [/^(?<said>.*) is before (?<first>\S+)$/s, 'reason.before'],
  [/^(?<said>.*) is after the file’s own (?<last>\S+)$/s, 'reason.after'],
];

/** Why a cell or a row is a problem, in the reader's language. */
export function reasonText(t: Tell, reason: string): string {
  for (const [pattern, key] of sentences) {
    const found = pattern.exec(reason);
    if (found) return t(key, found.groups ?? {});
  }
  return reason;
}
