import { useSyncExternalStore } from 'react';
import type { Credential } from './sign.ts';

/** Who is signed in: in memory, and in the session of this tab where somebody asked for that. */

const place = 'millrace.credential';
const listeners = new Set<() => void>();
let current: Credential | undefined = fromFragment() ?? kept();

/** The credential of this moment, for requests. */
export function credential(): Credential | undefined {
  return current;
}

/** Signs in; with `keep` a reload of the tab stays signed in. */
export function signIn(to: Credential, keep: boolean): void {
  if (keep) sessionStorage.setItem(place, JSON.stringify(to));
  change(to);
}

/** Forgets the credential, everywhere. */
export function signOut(): void {
  sessionStorage.removeItem(place);
  change(undefined);
}

/** The credential, and a rendering when it changes. */
export function useCredential(): Credential | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, credential);
}

function change(to: Credential | undefined): void {
  current = to;
  for (const listener of listeners) listener();
}

/** The link that `npm start` prints signs in by its fragment, which no browser sends; it leaves the address at once. */
function fromFragment(): Credential | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return undefined;
  history.replaceState(history.state, '', location.pathname + location.search);
  const found: Credential = { kind: 'token', token };
  sessionStorage.setItem(place, JSON.stringify(found));
  return found;
}

function kept(): Credential | undefined {
  const text = sessionStorage.getItem(place);
  return text === null ? undefined : (JSON.parse(text) as Credential);
}
