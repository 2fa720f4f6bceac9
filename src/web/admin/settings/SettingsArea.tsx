import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, type ComponentType } from 'react'
import { Choose } from '../kit/Field.tsx'
import { Skeleton } from '../kit/States.tsx'
import { settingsPages, type SettingsPage } from './pages.ts'
import { StepUp } from './StepUp.tsx'

const lazyPages = new Map<string, ComponentType>(
  settingsPages.map(({ path, load }) => [path, lazy(async () => ({ default: (await load()).Page }))]),
)
const groups = [...new Set(settingsPages.map(({ group }) => group))]

/** The list of pages at the left (on a phone: a choice on top), and the page. */
export function SettingsArea() {
  const { page } = useParams({ from: '/staff/settings/$page' })
  const Page = lazyPages.get(page)
  return (
    <div className="flex min-h-full flex-col md:flex-row">
      <PageList open={page} />
      <StepUp />
      <div className="min-w-0 flex-1">
        {Page ? (
          <Suspense fallback={<Skeleton alone lines={8} />}>
            <Page key={page} />
          </Suspense>
        ) : (
          <div className="p-8">
            <h1 className="text-title font-semibold">There is no such page</h1>
            <p className="mt-1 text-quiet">Choose one from the list.</p>
          </div>
        )}
      </div>
    </div>
  )
}

function PageList({ open }: { open: string }) {
  const navigate = useNavigate()
  const known = settingsPages.some(({ path }) => path === open)
  return (
    <>
      <div className="border-b border-line bg-surface px-4 py-2 md:hidden">
        <Choose
          aria-label="Page of the settings"
          value={known ? open : ''}
          choices={[
            ...(known ? [] : [['', 'Choose a page'] as const]),
            ...settingsPages.map(({ path, word }) => [path, word] as const),
          ]}
          onChange={({ target }) => void navigate({ to: '/settings/$page', params: { page: target.value } })}
        />
      </div>
      <nav
        aria-label="Settings"
        className="hidden w-48 shrink-0 border-r border-line bg-surface px-3 py-4 md:block lg:w-52"
      >
        {groups.map((group) => (
          <div key={group} className="mb-4">
            <p className="mb-1 px-2 text-small text-quiet">{group}</p>
            <ul className="flex flex-col gap-0.5">
              {settingsPages
                .filter((page) => page.group === group)
                .map((page) => (
                  <li key={page.path}>
                    <PageLink {...page} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  )
}

function PageLink({ path, word, load }: SettingsPage) {
  return (
    <Link
      to="/settings/$page"
      params={{ page: path }}
      search={{}}
      onMouseEnter={() => void load()}
      className="flex min-h-8 items-center rounded-md px-2 text-quiet hover:bg-sunken hover:text-ink"
      activeOptions={{ includeSearch: false }}
      activeProps={{ className: 'bg-sunken text-ink! font-medium' }}
    >
      {word}
    </Link>
  )
}
