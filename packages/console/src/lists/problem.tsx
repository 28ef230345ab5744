import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { ApiError } from '../api/api-error.ts';
import { useTexts } from '../texts/index.ts';

/** What failed in the API's own words, the id that finds it in the log, and a way to try again. */
export function Problem({ error, again }: { readonly error: unknown; readonly again?: () => unknown }) {
  const { t } = useTexts();
  const words = error instanceof ApiError ? error.message : t('error.unreachable');
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  return (
    <Alert
      type="error"
      header={t('error.title')}
      action={again && <Button onClick={() => again()}>{t('error.again')}</Button>}
    >
      {words}
      {requestId !== undefined && (
        <div>
          {t('error.request')} <code>{requestId}</code>
        </div>
      )}
    </Alert>
  );
}
