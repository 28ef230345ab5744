import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotices } from '../../lists/notices.tsx';
import { useTexts } from '../../texts/index.ts';
import type { Secret } from './shown-once.tsx';

/** Changes a user and looks again; a secret that comes of it is shown. */
export function useUserChange(show?: (secret: Secret) => void) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: () => Promise<{ readonly name: string; readonly secret?: string }>) => change(),
    onSuccess: ({ name, secret }) => {
      if (secret !== undefined) show?.({ name, secret });
      else tell(t('users.done', { name }));
    },
    onError: tellError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
}
