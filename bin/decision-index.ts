import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = 'docs/decisions';

/** One page of docs/decisions: `# 64. Title`, then `Date: 2026-11-29. Status: accepted.` */
export interface Decision {
  readonly file: string;
  readonly number: number;
  readonly title: string;
  readonly date: string;
  readonly status: string;
}

/** Every decision, by its number. Throws for a page without number, date or status. */
export function decisions(): readonly Decision[] {
  return globSync(`${folder}/[0-9]*.md`)
    .sort()
    .map((file) => decisionOf(path.basename(file), readFileSync(file, 'utf8')));
}

/** Reads the head of one page. */
export function decisionOf(file: string, text: string): Decision {
  const [, number, title = ''] = /^# (\d+)\. (.+)\n/.exec(text) ?? [];
  const [, date = '', status = ''] =
    /^\nDate: (\d{4}-\d{2}-\d{2})\. Status: ([^.(\n]+(?:\([^)\n]*\)[^.(\n]*)*)\./m.exec(text) ?? [];
  if (Number(file.slice(0, 4)) !== Number(number)) throw new Error(`${file}: its title begins with another number`);
  if (date === '') throw new Error(`${file}: its title is not followed by "Date: 2026-11-29. Status: accepted."`);
  return { file, number: Number(number), title, date, status: status.trim() };
}

/** docs/decisions/README.md. */
export function decisionIndex(all: readonly Decision[]): string {
  const rows = all.map(
    ({ file, number, title, date, status }) => `| [${number}](${file}) | ${title} | ${date} | ${status} |`,
  );
  return `# Decisions

What was decided, when, and whether it stands; each page has the context, the options and the reason. Written by
\`npm run inventory\`; a test keeps it true.

| | decision | date | status |
|---|---|---|---|
${rows.join('\n')}

There is no page of the numbers ${missingOf(all).join(', ')}: they were set aside for work that needed no decision of its own.
`;
}

/** `30`, `46 to 51`: numbers below the last that no page has. */
function missingOf(all: readonly Decision[]): readonly string[] {
  return all.flatMap(({ number }, index) => {
    const first = (all[index - 1]?.number ?? 0) + 1;
    if (first >= number) return [];
    return [first === number - 1 ? String(first) : `${first} to ${number - 1}`];
  });
}
