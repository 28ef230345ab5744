import { answer, api } from '../../api/client.ts';
import { ofTenant, wholePage } from './tenant-headers.ts';

/** The scenarios of a tenant, named alike in the cache wherever they are asked for. */
export function scenariosOf(tenant: string) {
  return {
    asked: ['scenarios', tenant] as const,
    load: async () =>
      (await answer(api.GET('/api/v1/scenarios', { ...ofTenant(tenant), params: { query: wholePage } }))).data.items,
  };
}
