import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTexts } from '../texts/index.ts';

interface ConfirmProps {
  readonly header: string;
  /** What follows, and what nobody can take back. Nothing while nobody asks. */
  readonly text: string | undefined;
  readonly close: () => void;
  readonly go: () => void;
}

/** Asks again before what cannot be taken back. */
export function Confirm({ header, text, close, go }: ConfirmProps) {
  const { t } = useTexts();
  return (
    <Modal
      visible={text !== undefined}
      onDismiss={close}
      header={header}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button
              variant="primary"
              onClick={() => {
                close();
                go();
              }}
            >
              {t('action.confirm')}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {text ?? ''}
    </Modal>
  );
}
