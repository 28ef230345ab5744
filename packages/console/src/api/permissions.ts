import { useQuery } from '@tanstack/react-query';
import { answer, api } from './client.ts';

/** Who is signed in, and what they may do. */
export function useMe() {
  const { data } = useQuery({
    queryKey: ['me'],
    queryFn: async () => (await answer(api.GET('/platform/me'))).result,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** Whether the person may do what needs a permission; `undefined` until it is known. */
export function useMay(permission: 'operate' | 'admin'): boolean | undefined {
  const permissions = useMe()?.permissions;
  return permissions && (permissions.includes('admin') || permissions.includes(permission));
}
