import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../../api/client.ts';
import { useMay } from '../../../api/permissions.ts';
import type { components } from '../../../api/schema.gen';
import { useNotices } from '../../../lists/notices.tsx';
import { useTexts } from '../../../texts/index.ts';
import { ofTenant } from '../tenant-headers.ts';

interface PromoteProps {
  readonly model: components['schemas']['RecommenderModel'];
  readonly tenant: string;
}

/** Puts a model online; an older one too, which is the way back. */
export function Promote({ model: { model_id, state, file_removed_at }, tenant }: PromoteProps) {
  const queries = useQueryClient();
  const { t } = useTexts();
  const may = useMay('operate');
  const { tell, tellError } = useNotices();
  const promote = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/models/{model_id}/promote', { ...ofTenant(tenant), params: { path: { model_id } } })),
    onSuccess: () => tell(t('recommender.promoted', { id: model_id })),
    onError: tellError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  });
  if (state === 'online') return <>–</>;
  const gone = file_removed_at !== null;
  return (
    <Button
      disabled={may !== true || gone}
      disabledReason={gone ? t('recommender.file-removed') : t('action.refused', { permission: 'operate' })}
      loading={promote.isPending}
      ariaLabel={`${t('recommender.promote')} ${model_id}`}
      onClick={() => promote.mutate()}
    >
      {t('recommender.promote')}
    </Button>
  );
}
