import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isProblem } from './api.ts'
import { Failure, Skeleton } from './kit/States.tsx'
import { client, meQuery } from './queries.ts'
import { QueueScreen } from './screens/QueueScreen.tsx'
import { Shell } from './Shell.tsx'

/** The address bar is the state: a search is a few short texts, and what is not one of them is dropped. */
const texts =
  <K extends string>(...keys: K[]) =>
  (search: Record<string, unknown>): { [Key in K]?: string | undefined } => {
    const set = keys.flatMap((key) => {
      const value = search[key]
      return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)] as const] : []
    })
    return Object.fromEntries(set) as { [Key in K]?: string | undefined }
  }

const root = createRootRoute({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('to', 'error'),
  component: lazyRouteComponent(() => import('./screens/SignInScreen.tsx'), 'SignInScreen'),
})

const joining = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./screens/JoinScreen.tsx'), 'JoinScreen'),
})

const staff = createRoute({
  getParentRoute: () => root,
  id: 'staff',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const me = await client.ensureQueryData(meQuery).catch((error: unknown) => {
      if (isProblem(error) && error.status === 401) throw redirect({ to: '/sign-in', search: { to: location.href } })
      throw error
    })
    if (me.two_factor_needed && location.pathname !== '/settings/me')
      throw redirect({ to: '/settings/$page', params: { page: 'me' } })
  },
})

const home = createRoute({
  getParentRoute: () => staff,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/queue' })
  },
})
const queue = createRoute({
  getParentRoute: () => staff,
  path: '/queue',
  validateSearch: texts('view', 'reason', 'signal', 'q', 'open'),
  component: QueueScreen,
})
const requests = createRoute({
  getParentRoute: () => staff,
  path: '/requests',
  validateSearch: texts('status', 'reason', 'channel', 'rule', 'by', 'currency', 'policy', 'from', 'to', 'q', 'after'),
  component: lazyRouteComponent(() => import('./screens/RequestsScreen.tsx'), 'RequestsScreen'),
})
const request = createRoute({
  getParentRoute: () => staff,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('./screens/RequestScreen.tsx'), 'RequestScreen'),
})
const payments = createRoute({
  getParentRoute: () => staff,
  path: '/payments',
  validateSearch: texts('q', 'customer', 'after'),
  component: lazyRouteComponent(() => import('./screens/PaymentsScreen.tsx'), 'PaymentsScreen'),
})
const payment = createRoute({
  getParentRoute: () => staff,
  path: '/payments/$id',
  component: lazyRouteComponent(() => import('./screens/PaymentScreen.tsx'), 'PaymentScreen'),
})
const reports = createRoute({
  getParentRoute: () => staff,
  path: '/reports',
  validateSearch: texts('from', 'to'),
  component: lazyRouteComponent(() => import('./screens/ReportsScreen.tsx'), 'ReportsScreen'),
})
const policy = createRoute({
  getParentRoute: () => staff,
  path: '/policy',
  validateSearch: texts('version', 'against', 'view'),
  component: lazyRouteComponent(() => import('./policy/PolicyScreen.tsx'), 'PolicyScreen'),
})
const draft = createRoute({
  getParentRoute: () => staff,
  path: '/policy/drafts/$id',
  validateSearch: texts('tab', 'pane', 'try', 'against'),
  component: lazyRouteComponent(() => import('./policy/DraftScreen.tsx'), 'DraftScreen'),
})
const backtest = createRoute({
  getParentRoute: () => staff,
  path: '/policy/backtests/$id',
  validateSearch: texts('from', 'to', 'rule', 'page'),
  component: lazyRouteComponent(() => import('./policy/BacktestScreen.tsx'), 'BacktestScreen'),
})
const shadow = createRoute({
  getParentRoute: () => staff,
  path: '/policy/shadows/$id',
  validateSearch: texts('only', 'page', 'open'),
  component: lazyRouteComponent(() => import('./policy/ShadowScreen.tsx'), 'ShadowScreen'),
})
const bulk = createRoute({
  getParentRoute: () => staff,
  path: '/bulk/$id',
  validateSearch: texts('only'),
  component: lazyRouteComponent(() => import('./bulk/BulkScreen.tsx'), 'BulkScreen'),
})
const audit = createRoute({
  getParentRoute: () => staff,
  path: '/audit',
  validateSearch: texts('actor', 'action', 'subject', 'from', 'to', 'before'),
  component: lazyRouteComponent(() => import('./screens/AuditScreen.tsx'), 'AuditScreen'),
})
const settings = createRoute({
  getParentRoute: () => staff,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$page', params: { page: 'stripe' } })
  },
})
const settingsPage = createRoute({
  getParentRoute: () => staff,
  path: '/settings/$page',
  validateSearch: texts('open', 'q', 'after'),
  component: lazyRouteComponent(() => import('./settings/SettingsArea.tsx'), 'SettingsArea'),
})

export const router = createRouter({
  basepath: '/admin',
  routeTree: root.addChildren([
    signIn,
    joining,
    staff.addChildren([
      home,
      queue,
      requests,
      request,
      payments,
      payment,
      reports,
      policy,
      draft,
      backtest,
      shadow,
      bulk,
      audit,
      settings,
      settingsPage,
    ]),
  ]),
  defaultPendingComponent: () => <Skeleton alone lines={8} />,
  defaultErrorComponent: ({ error, reset }) => <Failure alone error={error} retry={reset} />,
  defaultNotFoundComponent: () => (
    <p className="p-8">
      There is no such page.{' '}
      <a className="underline" href="/admin/queue">
        Go to the queue
      </a>
    </p>
  ),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
