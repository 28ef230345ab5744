import Alert from '@cloudscape-design/components/alert';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { useTexts } from '../../texts/index.ts';

/** A password or token that nobody can be shown again. */
export interface Secret {
  readonly name: string;
  readonly secret: string;
}

/** Shows it until it is put away, with a way to copy it. */
export function ShownOnce({
  secret: { name, secret },
  close,
}: {
  readonly secret: Secret;
  readonly close: () => void;
}) {
  const { t } = useTexts();
  return (
    <Alert type="success" dismissible dismissAriaLabel={t('action.close')} onDismiss={close}>
      {t('users.shown-once', { name })}{' '}
      <CopyToClipboard
        variant="inline"
        textToCopy={secret}
        copyButtonAriaLabel={t('users.copy')}
        copySuccessText={t('users.copied')}
        copyErrorText={secret}
      />
    </Alert>
  );
}
