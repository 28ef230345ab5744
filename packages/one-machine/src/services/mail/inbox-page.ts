import type { Email } from 'aws-ses-v2-local/dist/store.js';

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
article{border:1px solid #ddd;border-radius:.4rem;margin:1rem 0;padding:.5rem 1rem}th{text-align:left;padding-right:1rem;font-weight:normal;color:#666}
pre{white-space:pre-wrap}iframe{border:1px solid #ddd;width:100%;height:30rem}`;

/**
 * What the inbox may do: nothing runs, and only the mails' own styles and the pictures inside of them are shown. A mail is
 * text of somebody else.
 */
export const inboxSecurity = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Every mail sent, the newest first; one in HTML stands in a frame that may do nothing. */
export function inboxPage(emails: readonly Email[]): string {
  const clear = '<form method="post" action="/clear-store"><button>Clear</button></form>';
  const shown = emails.length === 0 ? '<p>No mail was sent.</p>' : clear + emails.map(article).reverse().join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails</title><style>${style}</style></head>
<body><h1>Mails</h1><p><a href="/">Reload</a>, or <a href="/store">all of it as JSON</a>.</p>
${shown}</body></html>`;
}

function article({ messageId, subject, from, destination, at, body }: Email): string {
  const { to, cc, bcc } = destination;
  const facts = [
    ['At', new Date(at * 1000).toISOString()],
    ['From', from],
    ['To', to.join(', ')],
    ['Cc', cc.join(', ')],
    ['Bcc', bcc.join(', ')],
  ].filter(([, value]) => value !== '');
  const rows = facts.map(([name = '', value = '']) => `<tr><th>${name}</th><td>${escaped(value)}</td></tr>`).join('');
  const text = body.text ? `<details open><summary>Text</summary><pre>${escaped(body.text)}</pre></details>` : '';
  const html = body.html
    ? `<details><summary>HTML</summary><iframe sandbox srcdoc="${escaped(body.html)}"></iframe></details>`
    : '';
  return `<article id="${escaped(messageId)}"><h2>${escaped(subject)}</h2><table>${rows}</table>${text}${html}
<p><a href="/get-emlContent?messageId=${encodeURIComponent(messageId)}">For a mail program</a></p></article>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
