import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { TryText } from './try-text.tsx';

const JsonEditor = lazy(() => import('../../values/json-editor.tsx'));

interface Published {
  readonly etag: string | null;
  readonly rules: string;
}

interface EditRulesProps {
  readonly published: Published;
  /** What is in the editor at first. */
  readonly begin: string;
  readonly done: () => void;
}

/** An editor that shows what differs from the rules that count; what is in it can be tried before it is published. */
export function EditRules({ published, begin, done }: EditRulesProps) {
  const { t } = useTexts();
  const [text, edit] = useState(begin);
  const change = useRulesChange(published, done);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={t(published.etag === null ? 'rules.shipped' : 'rules.published')}
            actions={<Actions published={published} text={text} change={change} />}
          >
            {t('rules.file')}
          </Header>
        }
      >
        <SpaceBetween size="s">
          {change.isError && <Problem error={change.error} />}
          <Suspense fallback={<Waiting lines={8} />}>
            <JsonEditor value={begin} original={published.rules} label={t('rules.file')} change={edit} />
          </Suspense>
        </SpaceBetween>
      </Container>
      <TryText rules={text} />
    </SpaceBetween>
  );
}

interface ActionsProps {
  readonly published: Published;
  readonly text: string;
  readonly change: ReturnType<typeof useRulesChange>;
}

function Actions({ published, text, change }: ActionsProps) {
  const { t } = useTexts();
  const may = useMay('operate') === true;
  const refused = t('action.refused', { permission: 'operate' });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!may || published.etag === null}
        disabledReason={may ? t('rules.shipped') : refused}
        loading={change.isPending}
        onClick={() => change.mutate(undefined)}
      >
        {t('rules.withdraw')}
      </Button>
      <Button
        variant="primary"
        disabled={!may || text === published.rules}
        disabledReason={may ? t('rules.same') : refused}
        loading={change.isPending}
        onClick={() => change.mutate(text)}
      >
        {t('rules.publish')}
      </Button>
    </SpaceBetween>
  );
}

/** Publishes a text, or with none brings the shipped rules back. */
function useRulesChange({ etag }: Published, done: () => void) {
  const { t } = useTexts();
  const { tell } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (rules: string | undefined) =>
      rules === undefined
        ? answer(api.DELETE('/tagger/rules', { body: { etag } }))
        : answer(api.PUT('/tagger/rules', { body: { etag, rules } })),
    onSuccess: async () => {
      tell(t('rules.done'));
      done();
      await queries.invalidateQueries({ queryKey: ['rules'] });
    },
  });
}
