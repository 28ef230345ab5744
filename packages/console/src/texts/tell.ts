import type en from './en.json';

/** Every text of the application, by its key. */
export type TextKey = keyof typeof en;

/** Tells a text, with `{name}` replaced. */
export type Tell = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
