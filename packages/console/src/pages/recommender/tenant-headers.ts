/** Every question to the recommender is about the data of one tenant. */
export function ofTenant(tenant: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'x-tenant-id': tenant } };
}

export const lookAgainMs = 10_000;
export const wholePage = { page: 1, page_size: 50 } as const;
