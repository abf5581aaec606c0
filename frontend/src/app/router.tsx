import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  useNavigate,
  useParams,
  useRouter,
  useSearch,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { lazyPart } from '../ui/lazyPart.tsx'
import { CrashState, NoSuchPage } from './CrashState.tsx'
import { HostPage } from './HostPage.tsx'
import { connectionSearch, connectionSearchOf, searchOf, type Search } from './search.ts'

const ConnectionScreen = lazyPart(async () => ({
  default: (await import('./ConnectionScreen.tsx')).ConnectionScreen,
}))

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
  component: Object.assign(RoutedConnection, { preload: ConnectionScreen.preload }),
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
  const router = useRouter()
  const onHost = (name: string | undefined) => {
    if (name === undefined) void navigate({ to: '/', search: (old) => old })
    else void navigate({ to: '/hosts/$host', params: { host: name }, search: (old) => old })
  }
  const onSearch = (next: Search, replace: boolean) => {
    void navigate({ to: '.', search: () => next, replace })
  }
  const onConnection = () => {
    void navigate({ to: '/connection', search: (old: Search) => connectionSearch(old, host) })
  }
  /** A link names its host: the server's own may be another one tomorrow. */
  const linkTo = (name: string, to: Search) =>
    new URL(
      router.buildLocation({ to: '/hosts/$host', params: { host: name }, search: () => to }).href,
      location.href,
    ).href
  return (
    <HostPage
      name={host}
      search={searchOf({ ...search })}
      onHost={onHost}
      onSearch={onSearch}
      onConnection={onConnection}
      linkTo={linkTo}
    />
  )
}

function RoutedConnection() {
  const { host, run, ...rest } = connectionRoute.useSearch()
  const navigate = useNavigate()
  const onBack = () => {
    const search = searchOf({ ...rest })
    if (host === undefined) void navigate({ to: '/', search })
    else void navigate({ to: '/hosts/$host', params: { host }, search })
  }
  return <ConnectionScreen name={host} runAtOnce={run === 1} onBack={onBack} />
}
