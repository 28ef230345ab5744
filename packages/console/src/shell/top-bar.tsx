import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useQueryClient } from '@tanstack/react-query';
import { useHref, useNavigate } from 'react-router';
import { useMe } from '../api/permissions.ts';
import { signOut } from '../api/session.ts';
import { chooseLanguage, type Language, languages, useTexts } from '../texts/index.ts';
import { chooseTheme, useTheme } from './theme.ts';

/** The name, the language, light or dark, and who is signed in. */
export function TopBar() {
  const { t, language } = useTexts();
  const theme = useTheme();
  const account = useAccount();
  const navigate = useNavigate();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <div id="console-top">
      <TopNavigation
        identity={{
          href: useHref('/'),
          title: 'Millrace',
          onFollow: (event) => {
            event.preventDefault();
            void navigate('/');
          },
        }}
        utilities={[
          {
            type: 'menu-dropdown',
            text: languages[language],
            // What is shown must be part of the name: people who speak to their machine say what they see.
            ariaLabel: `${t('shell.language')}: ${languages[language]}`,
            items: Object.entries(languages).map(([id, text]) => ({ id, text })),
            onItemClick: ({ detail }) => void chooseLanguage(detail.id as Language),
          },
          { type: 'button', text: t(`shell.${other}`), onClick: () => chooseTheme(other) },
          account,
        ]}
      />
    </div>
  );
}

/** Who is signed in, what they may do, and the way out. */
function useAccount(): TopNavigationProps.MenuDropdownUtility {
  const { t } = useTexts();
  const me = useMe();
  const queries = useQueryClient();
  return {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    text: me?.name ?? '…',
    description: me?.permissions.join(', ') || t('shell.reader'),
    ariaLabel: `${t('shell.account')}: ${me?.name ?? '…'}`,
    items: [{ id: 'out', text: t('shell.sign-out') }],
    onItemClick: () => {
      queries.clear();
      signOut();
    },
  };
}
