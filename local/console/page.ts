/** Of every page of the console. */
export const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
td,th{border-bottom:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}
code{background:#f3f3f3;padding:.1rem .3rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
.SUCCEEDED{color:#176b2c}.FAILED,.TIMED_OUT,.ABORTED{color:#a01616}`;

/** A page of the console; the body is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${text(title)}</title><style>${style}</style></head>
<body><h1>${text(title)}</h1>${body}</body></html>`;
}

/** Rows of HTML cells below a head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

/** Text as HTML, also inside quotes. */
export function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
