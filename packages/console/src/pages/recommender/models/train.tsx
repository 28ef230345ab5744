import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client.ts';
import { useMay } from '../../../api/permissions.ts';
import { useNotices } from '../../../lists/notices.tsx';
import { useTexts } from '../../../texts/index.ts';
import { scenariosOf } from '../scenario-list.ts';
import { ofTenant } from '../tenant-headers.ts';

const kinds = ['popular', 'cosine', 'dlae', 'ials'] as const;

/** Trains a model of the scenario that is chosen, else of the first: the kind that suits its data, or one by its name. */
export function Train({ tenant, scenario }: { readonly tenant: string; readonly scenario: string | undefined }) {
  const { t } = useTexts();
  const may = useMay('operate');
  const { tell, tellError } = useNotices();
  const { asked, load } = scenariosOf(tenant);
  const { data } = useQuery({ queryKey: asked, queryFn: load });
  const scenario_id = scenario ?? data?.[0]?.scenario_id;
  const train = useMutation({
    mutationFn: async (chosen: string) => {
      const kind = kinds.find((known) => known === chosen);
      const body = { scenario_id: scenario_id ?? '', ...(kind ? { kind } : {}) };
      return (await answer(api.POST('/api/v1/models/train', { ...ofTenant(tenant), body }))).data.state;
    },
    onSuccess: (state) => {
      const words = state === 'started' ? 'recommender.training' : 'recommender.training-known';
      tell(t(words, { scenario: scenario_id ?? '' }), state === 'started' ? 'success' : 'warning');
    },
    onError: tellError,
  });
  return (
    <ButtonDropdown
      disabled={may !== true || scenario_id === undefined}
      loading={train.isPending}
      items={[
        { id: 'best', text: t('recommender.train-best') },
        ...kinds.map((id) => ({ id: id as string, text: id as string })),
      ]}
      onItemClick={({ detail }) => train.mutate(detail.id)}
    >
      {t('recommender.train')}
    </ButtonDropdown>
  );
}
