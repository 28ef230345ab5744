import { cellText } from './cell-text.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it stands in an element or attribute. */
export function escapedXml(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign) : text;
}

/** A cell's text in XML: Excel reads `_x0041_` as a character's number, so such a text's first sign is written as one. */
export function cellXml(value: string): string {
  return escapedXml(cellText(value).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_'));
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
