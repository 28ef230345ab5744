import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FileDropzone, { useFilesDragging } from '@cloudscape-design/components/file-dropzone';
import FileInput from '@cloudscape-design/components/file-input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTexts } from '../../texts/index.ts';
import { Bytes } from '../../values/numbers.tsx';
import { send, type Upload } from './upload.ts';

/** A file of this computer as an argument: chosen or dropped here, uploaded at once, and named when it is there. */
export function FileField({ value, change }: { readonly value: string; readonly change: (text: string) => void }) {
  const { t } = useTexts();
  const { areFilesDragging } = useFilesDragging();
  const [chosen, choose] = useState<{ readonly upload: Upload; readonly gone: number }>();
  const { upload, gone } = chosen ?? { gone: 0 };
  // A file that was chosen before and arrives later must not take the newest one's place.
  const newest = useRef<Upload>(undefined);
  const sending = useMutation({
    onSuccess: (argument, one: Upload) => newest.current === one && change(argument),
    mutationFn: (one: Upload) =>
      send(one, (bytes) => choose((now) => (now?.upload === one ? { upload: one, gone: bytes } : now))),
  });
  const take = ([file]: readonly File[]) => {
    if (!file) return;
    const one: Upload = { file };
    change('');
    choose({ upload: one, gone: 0 });
    newest.current = one;
    sending.mutate(one);
  };
  return (
    <SpaceBetween size="s">
      {areFilesDragging ? (
        <FileDropzone onChange={({ detail }) => take(detail.value)}>{t('tasks.drop-file')}</FileDropzone>
      ) : (
        <FileInput value={[]} onChange={({ detail }) => take(detail.value)}>
          {t('tasks.choose-file')}
        </FileInput>
      )}
      {!upload && value !== '' && <span>{t('tasks.file-given', { id: value })}</span>}
      {upload && <Sent upload={upload} gone={gone} failed={sending.isError} there={value !== ''} />}
      {upload && sending.isError && (
        <Alert type="error" action={<Button onClick={() => sending.mutate(upload)}>{t('tasks.file-go-on')}</Button>}>
          {sending.error.message}
        </Alert>
      )}
    </SpaceBetween>
  );
}

interface SentProps {
  readonly upload: Upload;
  readonly gone: number;
  readonly failed: boolean;
  readonly there: boolean;
}

function Sent({ upload: { file }, gone, failed, there }: SentProps) {
  const { t } = useTexts();
  return (
    <ProgressBar
      value={there ? 100 : (gone / Math.max(1, file.size)) * 100}
      status={failed ? 'error' : there ? 'success' : 'in-progress'}
      label={file.name}
      description={<Bytes of={file.size} />}
      resultText={t(failed ? 'tasks.file-broke-off' : 'tasks.file-there')}
    />
  );
}
