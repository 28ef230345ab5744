import Alert from '@cloudscape-design/components/alert';
import { useTexts } from '../texts/index.ts';

/** What an address shows that is none of the application's. */
export default function NotFound() {
  const { t } = useTexts();
  return (
    <Alert type="warning" header={t('page.missing')}>
      {t('page.missing-advice')}
    </Alert>
  );
}
