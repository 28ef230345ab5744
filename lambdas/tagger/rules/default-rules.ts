import { readFileSync } from 'node:fs';
import { once } from '#kit/once.ts';
import { readRules } from './rule-book.ts';

/** The rules that the project ships, as text; the bundler puts a copy of the file beside a handler's code. */
export const shippedRules = once(() => readFileSync(new URL('./default-rules.json', import.meta.url), 'utf8'));

/** The same, made ready. */
export const defaultRules = once(() => readRules(shippedRules()));
