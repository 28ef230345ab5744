/** Every question to the recommender is about the data of one tenant. */
export function ofTenant(tenant: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'x-tenant-id': tenant } };
}

export const wholePage = { page: 1, page_size: 50 } as const;

/** What a part of the page is about. */
export interface OfScenario {
  readonly tenant: string;
  /** `undefined`: all of them. */
  readonly scenario: string | undefined;
}

const pathOf = (...parts: readonly string[]) => `/recommender/${parts.map(encodeURIComponent).join('/')}`;

/** The page of an item. */
export function itemPath(tenant: string, scenario: string, item: string): string {
  return pathOf('items', tenant, scenario, item);
}

/** The page of a user. */
export function userPath(tenant: string, user: string): string {
  return pathOf('users', tenant, user);
}
