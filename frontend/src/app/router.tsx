import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  useNavigate,
  useParams,
  useSearch,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { usualSpan, type SpanName } from '../features/live/span.ts'
import { CrashState, NoSuchPage } from './CrashState.tsx'
import { ConnectionScreen } from './ConnectionScreen.tsx'
import { HostPage } from './HostPage.tsx'
import { connectionSearch, connectionSearchOf, searchOf, windowOf, type Search } from './search.ts'

const rootRoute = createRootRoute({
  component: Outlet,
  validateSearch: searchOf,
  errorComponent: ({ error }: ErrorComponentProps) => <CrashState error={error} />,
  notFoundComponent: NoSuchPage,
})

const ownRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: RoutedPage })
const hostRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/hosts/$host',
  component: RoutedPage,
})
const connectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connection',
  validateSearch: connectionSearchOf,
  component: RoutedConnection,
})

/** The router of the app below its base path. */
export function makeRouter(basepath: string) {
  return createRouter({
    routeTree: rootRoute.addChildren([ownRoute, hostRoute, connectionRoute]),
    basepath,
    defaultPreload: false,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

/** Both routes show the same page, so that going to another host keeps what stands. */
function RoutedPage() {
  const { host } = useParams({ strict: false })
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const onHost = (name: string | undefined) => {
    if (name === undefined) void navigate({ to: '/', search: (old) => old })
    else void navigate({ to: '/hosts/$host', params: { host: name }, search: (old) => old })
  }
  const onSpan = (span: SpanName) => {
    void navigate({ to: '.', search: () => windowOf(span), replace: true })
  }
  const onConnection = () => {
    void navigate({ to: '/connection', search: (old: Search) => connectionSearch(old, host) })
  }
  return (
    <HostPage
      name={host}
      span={search.window ?? usualSpan}
      onHost={onHost}
      onSpan={onSpan}
      onConnection={onConnection}
    />
  )
}

function RoutedConnection() {
  const { host, run, window } = connectionRoute.useSearch()
  const navigate = useNavigate()
  const onBack = () => {
    const search = window ? { window } : {}
    if (host === undefined) void navigate({ to: '/', search })
    else void navigate({ to: '/hosts/$host', params: { host }, search })
  }
  return <ConnectionScreen name={host} runAtOnce={run === 1} onBack={onBack} />
}
