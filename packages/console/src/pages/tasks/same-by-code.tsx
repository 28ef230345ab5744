import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useTexts } from '../../texts/index.ts';
import { StoredText } from '../../values/stored-text.tsx';
import { curlOf, pythonOf, type Submission } from './same-by.ts';

/** How a program submits the same task. */
export function SameByCode({ submission }: { readonly submission: Submission }) {
  const { t } = useTexts();
  return (
    <Container
      header={
        <Header variant="h2" description={t('tasks.same-by-about')}>
          {t('tasks.same-by')}
        </Header>
      }
    >
      <Tabs
        tabs={[
          { id: 'curl', label: 'curl', content: <Code text={curlOf(location.origin, submission)} /> },
          { id: 'python', label: 'Python', content: <Code text={pythonOf(location.origin, submission)} /> },
        ]}
      />
    </Container>
  );
}

function Code({ text }: { readonly text: string }) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="xs">
      <StoredText block text={text} />
      <CopyToClipboard
        textToCopy={text}
        copyButtonText={t('users.copy')}
        copySuccessText={t('users.copied')}
        copyErrorText={t('tasks.copy-by-hand')}
      />
    </SpaceBetween>
  );
}
