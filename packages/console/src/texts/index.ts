import { useSyncExternalStore } from 'react';
import en from './en.json';
import type { Tell, TextKey } from './tell.ts';

export type { Tell, TextKey } from './tell.ts';

type Catalogue = Readonly<Record<TextKey, string>>;

/** The languages, by their tag; one line adds another. Each but English is loaded when it is chosen. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof languages;

const loaders: Readonly<Record<Language, () => Promise<{ texts: Catalogue; messages: object }>>> = {
  en: async () => ({
    texts: en,
    messages: (await import('@cloudscape-design/components/i18n/messages/all.en')).default,
  }),
  'zh-CN': async () => ({
    texts: (await import('./zh-CN.json')).default,
    messages: (await import('@cloudscape-design/components/i18n/messages/all.zh-CN')).default,
  }),
};

const place = 'millrace.language';
const listeners = new Set<() => void>();
let current: { readonly language: Language; readonly texts: Catalogue; readonly messages: object } = {
  language: 'en',
  texts: en,
  messages: {},
};

/** Shows everything in a language, and keeps it for the next visit. */
export async function chooseLanguage(language: Language): Promise<void> {
  current = { language, ...(await loaders[language]()) };
  localStorage.setItem(place, language);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** The language chosen before, else the browser's own, else English. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(place), ...navigator.languages];
  for (const tag of wanted) {
    if (tag !== null && tag in languages) return tag as Language;
    if (tag?.startsWith('zh')) return 'zh-CN';
    if (tag?.startsWith('en')) return 'en';
  }
  return 'en';
}

/** The language of this moment, and what tells texts in it. */
export function useTexts() {
  const { language, texts, messages } = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  const t: Tell = (key, values = {}) =>
    texts[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return { t, language, messages };
}

/** A state as the API names it, in the reader's words; one that has none stays as it is. */
export function stateText(t: Tell, state: string): string {
  const key = `state.${state}`;
  return key in en ? t(key as TextKey) : state;
}
