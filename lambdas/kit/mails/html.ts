/** The frame of a mail as HTML; `content` is HTML already. Mail programs drop style sheets: styles stand in the elements. */
export function htmlMail(title: string, content: string, bodyStyle?: string): string {
  const style = bodyStyle === undefined ? '' : ` style="${bodyStyle}"`;
  const head = `<head><meta charset="utf-8"><title>${escaped(title)}</title></head>`;
  return `<!doctype html><html lang="en">${head}<body${style}>${content}</body></html>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in an element or in a quoted attribute of HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Whether a place is one that a mail may link to; the runbook may be a file's name only. */
export function isLink(address: string): boolean {
  return /^https?:\/\//.test(address);
}
