import * as z from 'zod';
import { page, table, text } from './page.ts';

const summary = z.object({
  id: z.number(),
  workload: z.string(),
  source_kind: z.string(),
  source_name: z.string(),
  reason: z.string(),
  message: z.string(),
  occurred_at: z.string(),
  state: z.string(),
  replay_of: z.number().nullable(),
  changed_by: z.string().nullable(),
  note: z.string().nullable(),
});

/** The answer to GET /platform/failures, as far as it is shown. */
export const ledgerPage = z.object({
  result: z.object({
    data: z.array(summary),
    total: z.number(),
    groups: z.array(
      z.object({
        workload: z.string(),
        source_name: z.string(),
        reason: z.string(),
        count: z.number(),
        last_at: z.string(),
      }),
    ),
  }),
});

/** The answer to GET /platform/failures/{id}, as far as it is shown. */
export const ledgerFailure = z.object({
  result: summary.extend({
    door: z.string().nullable(),
    stack: z.string().nullable(),
    input: z.string().nullable(),
    input_key: z.string().nullable(),
    attributes: z.record(z.string(), z.string()),
    lineage: z.array(summary),
  }),
});

type Page = z.output<typeof ledgerPage>['result'];
type Failure = z.output<typeof ledgerFailure>['result'];

/** Failures that match, in groups and one by one; `asked` is the filter they match. */
export function failuresPage({ data, total, groups }: Page, asked: URLSearchParams): string {
  const filtered =
    asked.size === 0
      ? 'All failures'
      : `Failures with ${[...asked].map(([name, value]) => `${name} ${value}`).join(', ')}`;
  const start = Number(asked.get('start') ?? 0);
  const next = new URLSearchParams(asked);
  next.set('start', String(start + data.length));
  return page(
    'Failure ledger',
    `<p>${text(filtered)}: ${total}. ${link('/failures', 'All')}, ${link('/failures?state=open', 'open ones')}.</p>
<h2>By reason</h2>
${table(
  ['Workload', 'Source', 'Reason', 'Failures', 'Last'],
  groups.map(({ workload, source_name, reason, count, last_at }) => {
    const narrowed = new URLSearchParams(asked);
    narrowed.delete('start');
    for (const [name, value] of Object.entries({ workload, source: source_name, reason })) narrowed.set(name, value);
    return [text(workload), text(source_name), link(`/failures?${narrowed}`, reason), String(count), text(last_at)];
  }),
)}
<h2>One by one, the newest first</h2>
${failureTable(data)}
${start + data.length < total ? `<p>${link(`/failures?${next}`, 'Older ones')}</p>` : ''}`,
  );
}

/** JSON of its own makes a browser ask first, which is what keeps other sites out. */
export const failureScript = `document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { input, note } = Object.fromEntries(new FormData(event.target));
  const action = event.submitter.value;
  const body = { action, ...(input === undefined || input === event.target.input.defaultValue ? {} : { input }), ...(note === '' ? {} : { note }) };
  const answer = await fetch(location.pathname, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const said = await answer.text();
  if (answer.ok && action !== 'dry-run') location.reload();
  else document.querySelector('output').textContent = said;
});`;

/** One failure: what is known, its input to edit, what came before and after it. */
export function failurePage(failure: Failure): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['State', failure.state + (failure.changed_by === null ? '' : ` by ${failure.changed_by}`)],
    ['Workload', failure.workload],
    ['Source', `${failure.source_kind} ${failure.source_name}`],
    ['Reason', failure.reason],
    ['Message', failure.message],
    ['Occurred', failure.occurred_at],
    ['Door', failure.door],
    ['Note', failure.note],
    ...Object.entries(failure.attributes),
  ];
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  return page(
    `Failure ${failure.id}`,
    `<table>${known.map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`).join('')}</table>
${failure.stack === null ? '' : `<details><summary>Stack</summary><pre>${text(failure.stack)}</pre></details>`}
<h2>Input, as it was received</h2>
<form>${inputField(failure)}
<p><input name="note" size="60" placeholder="what was done, when it is put right by hand"></p>
<p>${['dry-run', 'replay', 'resolve', 'discard'].map((action) => `<button value="${action}">${action}</button>`).join(' ')}</p>
</form><pre><output></output></pre>
<h2>Lineage</h2>${failureTable(failure.lineage)}<script>${failureScript}</script>`,
  );
}

/** A page for what the API refused. */
export function noFailures(status: number, answer: unknown): string {
  return page('Failure ledger', `<p>The API answered ${status}: <code>${text(JSON.stringify(answer))}</code></p>`);
}

function inputField({ input, input_key }: Failure): string {
  if (input === null)
    return `<p>Too large for the row: it lies in the raw bucket under <code>${text(input_key ?? '')}</code>.</p>`;
  // A browser drops the first line break of a textarea.
  return `<textarea name="input" rows="14" cols="100">\n${text(input)}</textarea>`;
}

function failureTable(rows: readonly z.output<typeof summary>[]): string {
  return table(
    ['Failure', 'Occurred', 'State', 'Source', 'Reason', 'Message'],
    rows.map(({ id, occurred_at, state, source_name, reason, message }) => [
      link(`/failures/${id}`, String(id)),
      text(occurred_at),
      text(state),
      text(source_name),
      text(reason),
      text(message),
    ]),
  );
}

function link(url: string, name: string): string {
  return `<a href="${text(url)}">${text(name)}</a>`;
}
