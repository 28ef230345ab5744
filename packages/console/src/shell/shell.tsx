import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { useHref, useLocation, useNavigate } from 'react-router';
import { useMay } from '../api/permissions.ts';
import { NoticeBar } from '../lists/notices.tsx';
import { useMachine } from '../pages/machine/machine-client.ts';
import { type Tell, useTexts } from '../texts/index.ts';
import { TopBar } from './top-bar.tsx';

/** Navigation around the page of the moment. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(() => matchMedia('(min-width: 900px)').matches);
  useEffect(dropOrientation, []);
  return (
    <>
      <TopBar />
      <AppLayout
        headerSelector="#console-top"
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={220}
        navigation={<Navigation leave={() => matchMedia('(max-width: 688px)').matches && setOpen(false)} />}
        toolsHide
        notifications={<NoticeBar />}
        content={children}
        ariaLabels={{
          navigation: t('shell.navigation'),
          navigationClose: t('shell.close-navigation'),
          navigationToggle: t('shell.open-navigation'),
          notifications: t('shell.notices'),
        }}
      />
    </>
  );
}

/** On a phone Cloudscape's bar of tools is a `nav` with aria-orientation, which the role does not have: screen readers may stumble. */
function dropOrientation(): () => void {
  const drop = () => {
    for (const nav of document.querySelectorAll('nav[aria-orientation]')) nav.removeAttribute('aria-orientation');
  };
  const observer = new MutationObserver(drop);
  observer.observe(document.body, { childList: true, subtree: true });
  drop();
  return () => observer.disconnect();
}

function Navigation({ leave }: { readonly leave: () => void }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const base = useHref('/').replace(/\/$/, '');
  const known = itemsOf(t, {
    machine: useMachine() !== undefined,
    operate: useMay('operate') === true,
    admin: useMay('admin') === true,
  });
  const items = known.map((item) =>
    item.type === 'link'
      ? { ...item, href: base + item.href }
      : item.type === 'section'
        ? { ...item, items: item.items.map((inner) => ({ ...inner, href: base + inner.href })) }
        : item,
  );
  const active = navigationPlaces(known).filter((place) =>
    place === '/' ? pathname === '/' : pathname.startsWith(place),
  );
  return (
    <SideNavigation
      items={items}
      activeHref={base + (active.sort((a, b) => b.length - a.length)[0] ?? '/')}
      onFollow={(event) => {
        if (event.detail.external) return;
        event.preventDefault();
        leave();
        void navigate(event.detail.href.slice(base.length) || '/');
      }}
    />
  );
}

type Item =
  | { readonly type: 'link'; readonly text: string; readonly href: string }
  | { readonly type: 'divider' }
  | { readonly type: 'section'; readonly text: string; readonly items: { type: 'link'; text: string; href: string }[] };

/** What only some have is there where they have it: queries and users by permission, the machine where it is one's own. */
function itemsOf(
  t: Tell,
  { machine, operate, admin }: { machine: boolean; operate: boolean; admin: boolean },
): readonly Item[] {
  return [
    { type: 'link', text: t('overview.title'), href: '/' },
    { type: 'link', text: t('runs.title'), href: '/runs' },
    { type: 'link', text: t('failures.title'), href: '/failures' },
    { type: 'link', text: t('schedules.title'), href: '/schedules' },
    { type: 'link', text: t('topics.title'), href: '/topics' },
    {
      type: 'section',
      text: t('nav.presale'),
      items: [
        { type: 'link', text: t('deals.title'), href: '/presale/deals' },
        { type: 'link', text: t('projects.title'), href: '/presale/projects' },
        { type: 'link', text: t('publications.title'), href: '/presale/publications' },
        { type: 'link', text: t('problems.title'), href: '/presale/problems' },
        { type: 'link', text: t('problem.corrections'), href: '/presale/corrections' },
      ],
    },
    {
      type: 'section',
      text: t('nav.workloads'),
      items: [
        { type: 'link', text: t('tagger.title'), href: '/tagger' },
        { type: 'link', text: t('tasks.title'), href: '/tasks' },
        { type: 'link', text: t('briefs.title'), href: '/briefs' },
        { type: 'link', text: t('recommender.title'), href: '/recommender' },
      ],
    },
    ...(operate || machine ? [{ type: 'divider' } as const] : []),
    ...(operate ? [{ type: 'link', text: t('query.title'), href: '/query' } as const] : []),
    ...(admin ? [{ type: 'link', text: t('users.title'), href: '/users' } as const] : []),
    ...(machine ? [{ type: 'link', text: t('machine.title'), href: '/machine' } as const] : []),
  ];
}

function navigationPlaces(items: readonly Item[]): string[] {
  return items.flatMap((item) =>
    item.type === 'link' ? [item.href] : item.type === 'section' ? item.items.map(({ href }) => href) : [],
  );
}
