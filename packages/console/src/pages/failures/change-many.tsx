import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useState } from 'react';
import { useMay } from '../../api/permissions.ts';
import { useTexts } from '../../texts/index.ts';
import { ConfirmMany, type ManyAction } from './confirm-many.tsx';
import type { FailureFilter } from './failure-filter.ts';

/** What can be done with all that match; each asks first, and says how many. */
export function ChangeMany({ filter }: { readonly filter: FailureFilter }) {
  const { t } = useTexts();
  const may = useMay('operate');
  const [action, setAction] = useState<ManyAction>();
  const refused =
    may === false ? { disabled: true, disabledReason: t('action.refused', { permission: 'operate' }) } : {};
  return (
    <>
      <ButtonDropdown
        variant="primary"
        items={(['replay', 'resolve', 'discard'] as const).map((id) => ({
          id,
          text: t(`failures.${id}-many`),
          ...refused,
        }))}
        onItemClick={({ detail }) => setAction(detail.id as ManyAction)}
      >
        {t('failures.many')}
      </ButtonDropdown>
      {action && <ConfirmMany action={action} filter={filter} close={() => setAction(undefined)} />}
    </>
  );
}
