import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMe } from '../../api/permissions.ts';
import { useTexts } from '../../texts/index.ts';
import type { Secret } from './shown-once.tsx';
import { useUserChange } from './use-user-change.ts';
import type { User } from './user-types.ts';

interface ActionsProps {
  readonly user: User;
  readonly show: (secret: Secret) => void;
}

type Action = 'password' | 'token' | 'disable' | 'enable' | 'remove';

/** New secrets for a user, and whether they are let in. Removing asks once more. */
export function UserActions({ user: { name, disabled }, show }: ActionsProps) {
  const { t } = useTexts();
  const own = useMe()?.name === name;
  const change = useUserChange(show);
  const [sure, ask] = useState(false);
  const actions: readonly Action[] = ['password', 'token', disabled ? 'enable' : 'disable', 'remove'];
  return (
    <div className="row-actions">
      {actions.map((action) => {
        const asksFirst = action === 'remove' && !sure;
        return (
          <Button
            key={action}
            variant="inline-link"
            wrapText={false}
            disabled={own && (action === 'disable' || action === 'remove')}
            disabledReason={t('users.yourself')}
            loading={change.isPending}
            ariaLabel={`${t(`users.${action}`)}${asksFirst ? '…' : ''} ${name}`}
            onClick={() => (asksFirst ? ask(true) : change.mutate(() => act(action, name)))}
          >
            {t(`users.${action}`)}
            {asksFirst && '…'}
          </Button>
        );
      })}
    </div>
  );
}

async function act(action: Action, name: string): Promise<{ readonly name: string; readonly secret?: string }> {
  const params = { path: { name } };
  if (action === 'password')
    return (await answer(api.POST('/platform/users/{name}/password', { params, body: {} }))).result;
  if (action === 'token') return (await answer(api.POST('/platform/users/{name}/tokens', { params, body: {} }))).result;
  if (action === 'remove') return (await answer(api.DELETE('/platform/users/{name}', { params }))).result;
  const body = { disabled: action === 'disable' };
  return (await answer(api.PUT('/platform/users/{name}', { params, body }))).result;
}

/** The tokens of a user, each with a way to take it away. */
export function Tokens({ user: { name, tokens } }: Pick<ActionsProps, 'user'>) {
  const { t } = useTexts();
  const change = useUserChange();
  if (tokens.length === 0) return <>{t('users.no-tokens')}</>;
  return (
    <ul className="plain">
      {tokens.map(({ id, note, created }) => (
        <li key={id} title={created}>
          {note || id}{' '}
          <Button
            variant="inline-link"
            loading={change.isPending}
            ariaLabel={`${t('users.revoke')} ${note || id}`}
            onClick={() =>
              change.mutate(async () => {
                const params = { path: { name, token: id } };
                return (await answer(api.DELETE('/platform/users/{name}/tokens/{token}', { params }))).result;
              })
            }
          >
            {t('users.revoke')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
