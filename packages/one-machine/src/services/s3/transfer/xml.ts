import { Parser } from 'htmlparser2';
import { S3Error } from '../errors.ts';

/** A document to be: text, or elements by name; a list repeats its element, `undefined` leaves it out. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: XmlValue | readonly XmlValue[] };

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Renders one document in the namespace that S3's clients expect. */
export function renderXml(root: string, value: XmlValue): string {
  return `${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${renderContent(value)}</${root}>`;
}

/** An error is in no namespace: botocore looks for the bare name and else finds neither code nor message. */
export function renderError(value: XmlValue): string {
  return `${declaration}<Error>${renderContent(value)}</Error>`;
}

function renderContent(value: XmlValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escapeText(String(value));
  return Object.entries(value)
    .flatMap(([name, content]) => (isList(content) ? content : [content]).map((item) => renderElement(name, item)))
    .join('');
}

function isList(value: XmlValue | readonly XmlValue[]): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function renderElement(name: string, value: XmlValue): string {
  return value === undefined ? '' : `<${name}>${renderContent(value)}</${name}>`;
}

function escapeText(text: string): string {
  // Keys may hold control characters, which only a reference can carry.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[<>&"\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An element that was read. */
export interface XmlElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** Reads the small documents that clients send; anything else than one root of this name is MalformedXML. */
export function parseXml(text: string, root: string): XmlElement {
  const top: XmlElement = { name: '', children: [], text: '' };
  const open = [top];
  const parser = new Parser(
    {
      onopentag(name) {
        const element: XmlElement = { name: name.replace(/^.*:/, ''), children: [], text: '' };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(data) {
        const element = open.at(-1);
        if (element) element.text += data;
      },
      onclosetag() {
        open.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  const found = top.children[0];
  if (top.children.length !== 1 || found?.name !== root) {
    throw new S3Error(400, 'MalformedXML', `Expected a document <${root}>.`);
  }
  return found;
}

/** The text of the first child of this name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}
