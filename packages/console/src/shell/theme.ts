import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const place = 'millrace.theme';
const listeners = new Set<() => void>();
let current: Theme = 'light';

/** The theme chosen before, else the one that the machine asks for. */
export function preferredTheme(): Theme {
  const kept = localStorage.getItem(place);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows everything light or dark, and keeps that for the next visit. */
export function chooseTheme(theme: Theme): void {
  current = theme;
  localStorage.setItem(place, theme);
  applyMode(theme === 'dark' ? Mode.Dark : Mode.Light);
  for (const listener of listeners) listener();
}

/** The theme of this moment. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
