import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { AppButton } from '../../lists/app-button.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { useTexts } from '../../texts/index.ts';

type RunDetail = components['schemas']['Run'];

/** Runs again what has ended; briefs and tasks do so on their own pages. */
export function RunActions({ run }: { readonly run: RunDetail }) {
  const { t } = useTexts();
  const may = useMay('operate');
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () => startAgain(run),
    onSuccess: () => tell(t('run.started-again')),
    onError: tellError,
    onSettled: () => queries.invalidateQueries(),
  });
  const place = ownPlace(run);
  if (place !== undefined) return <AppButton to={place}>{t('run.own-page')}</AppButton>;
  if (run.state === 'running' || run.workload !== 'presale') return null;
  return (
    <Button
      disabled={may !== true}
      disabledReason={t('action.refused', { permission: 'operate' })}
      loading={act.isPending}
      onClick={() => act.mutate()}
    >
      {t('run.again')}
    </Button>
  );
}

/** Where more can be done with it than here. */
function ownPlace({ workload, name }: RunDetail): string | undefined {
  if (workload === 'tasks') return `/tasks/${name}`;
  const [, brief] = /^brief:(.+)$/.exec(name) ?? [];
  return workload === 'briefs' && brief !== undefined ? `/briefs/${brief}` : undefined;
}

/** A run of pre-sale is named by its publication, or by its season. */
function startAgain({ name }: RunDetail): Promise<unknown> {
  const body = /^\d{4}-\d\d-\d\d$/.test(name) ? { publication_date: name } : { season: name };
  return answer(api.POST('/presale/runs', { body }));
}
